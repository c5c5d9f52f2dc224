"""Whether what is published matters, and whether what is suppressed does not: samples for two readers, and their sum.

    python -m tests.bench.judging draw FOLDER                     replays the corpus, prints what came of it, draws
    python -m tests.bench.judging count FOLDER ONE.jsonl TWO.jsonl   what two readers found

The sheets hold words of platforms: the folder is outside the checkout. What is kept here names texts by their digests.
"""
