"""The sample world: seven invented platforms whose legal pages change over eleven months.

Nothing here is real: the platforms, companies, people and addresses are invented, and every text was written
for this project. What happens to the pages is what happens to real ones. `moments.py` holds the moments at
which the world is looked at, `world/<platform>/` the texts with their dated edits and faults, `expected.py`
what an archive must hold afterwards, and `declarations/` the catalogue that watches it.

    platform      what it is                    documents
    Quillomere    AI chat assistant (US)        terms, privacy, usage policy, sub-processors
    Wendlebarrow  marketplace (UK, Ireland)     terms, fees, cookies
    Pictavane     photo and video sharing (US)  terms, community guidelines
    Dukatello     payments (Lithuania)          framework contract, of two pages: conditions and prices
    Pulsewren     fitness tracker (Germany)     privacy policy in English and in German
    Nethercoil    developer platform (US)       developer terms, data processing agreement
    Zuvaroo       ride hailing (UAE)            rider terms, privacy notice in Arabic

What happens when (moment 0 is eleven months ago, 13 is now; 3 and 4 as well as 11 and 12 lie hours apart):

     0  Every page is seen for the first time.
     1  Quillomere names a new sub-processor. The source of its usage policy is wrapped anew, which is no change.
     2  Nethercoil's robots.txt answers 503, so nothing of it may be read. Pulsewren keeps the finest pulse data
        for 24 months instead of 12. Wendlebarrow adds cookies for advertising. Quillomere mends a typing error.
     3  Quillomere keeps deleted chats 60 days instead of 30. Zuvaroo's fares may triple instead of double.
        Pulsewren's German text follows the English one. Wendlebarrow publishes higher fees ...
     4  ... and takes them back within hours. Quillomere's privacy policy comes in German, once. Nethercoil tells
        of data breaches within 72 hours instead of 48.
     5  Quillomere's terms gain an arbitration clause with a way out. Wendlebarrow's terms move to another address
        and close a gap in their numbering. Pictavane disables accounts after three strikes instead of five.
        Nethercoil's free plan shrinks. Zuvaroo keeps routes 24 months instead of 12; its rider terms are
        replaced by a friendly page that says there is no such page, for two moments.
     6  Dukatello may terminate with two months' notice instead of three. Wendlebarrow's higher fees come for
        good, and a cookie lasts 24 months instead of 13. Quillomere rewrites a paragraph of its usage policy in
        plain language, and a sub-processor's data may be in the United States too. Pictavane asks for a sign-in
        before it shows its guidelines, for two moments.
     7  Pictavane widens its licence to users' content. Quillomere starts to train on chats, with an opt-out.
        Nethercoil forbids benchmarks. Zuvaroo's rider terms are back, with less time for complaints. Dukatello's
        list of fees answers 503.
     8  Wendlebarrow's contract passes from a British to an Irish company, and its robots.txt forbids the cookie
        page from now on. Pulsewren shares data with advertisers. Nethercoil announces sub-processors 10 days
        ahead instead of 30. Dukatello doubles a charge. Pictavane's guidelines are back, partly in plain
        language. Quillomere's terms hide behind a bot challenge, once.
     9  Nethercoil's developer terms need a script from now on, and fall stale. Pulsewren's policy arrives cut
        short, once; its German text follows with the advertisers. Quillomere forbids interference with
        elections; in its privacy policy only the target of a link differs, which is no change. Pictavane moves
        a section.
    10  Quillomere removes the way out of arbitration and halves its cap on liability. Pulsewren removes an
        objection from the settings. Zuvaroo adds insurers to the recipients of data.
    11  Pictavane's terms carry a banner that announces new ones. Quillomere trains on paid personal plans too.
        Zuvaroo announces a higher charge for cancelling. Nethercoil names a new sub-processor.
    12  Hours later Zuvaroo postpones the charge by two weeks. Dukatello answers delayed complaints sooner.
        Quillomere exchanges a sub-processor.
    13  Now. Pictavane's banner is gone. Wendlebarrow's buyers have 14 days instead of 30 to ask for a refund.
"""
