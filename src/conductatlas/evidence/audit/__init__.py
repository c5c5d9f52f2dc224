"""The whole archive against its ledger: does it hold what it says, is it what it was?

run        one pass, which can be stopped and goes on where it was
tree       leaves, tiles, roots            heads      checkpoints, whose they are, what others say of them
rows       rows against their leaves       moments    what the order of checkpoints says of when
quotes     words of provisions against texts
analyses   what is said of provisions against what it rests on
snapshots  bytes against their digests     progress   how far the pass has come
"""
