"""Opinion words, written down for the IMDB pool from general knowledge of English."""

import re

POSITIVE_WORDS = """
admirable amazing appealing awesome beautiful beloved best breathtaking brilliant captivating
charm charming clever compelling delight delightful elegant engaging enjoy enjoyable enjoyed
entertaining excellent exceptional exciting fabulous fantastic fascinating favorite flawless fun
funniest gem gorgeous great greatest gripping heartwarming hilarious impressed impressive
incredible insightful inspiring intelligent love loved magical magnificent masterful masterpiece
memorable moving outstanding perfect pleasant pleasure poignant powerful recommend refreshing
remarkable rewarding riveting solid splendid stunning subtle superb talented terrific thoughtful
thrilling timeless touching treat underrated unforgettable warm witty wonderful worthwhile
"""
NEGATIVE_WORDS = """
abysmal amateurish annoying appalling atrocious avoid awful bad bland bored boredom boring cheap
cheesy cliche confusing crap crappy cringe disappointed disappointment disaster disgusting drags
dreadful dreary dull dumb embarrassing embarrassment excruciating fail failure flawed flop
forgettable garbage hate horrible idiotic implausible incoherent inept insipid insult irritating
lacking lame laughable lazy lifeless ludicrous mediocre mess mindless miserable nonsense obnoxious
overrated painful pathetic poor poorly pointless predictable pretentious redeeming ridiculous
rubbish shallow silly sloppy stupid tedious terrible trash unbearable unconvincing unfunny
unfortunately uninspired uninteresting unwatchable useless waste wooden worse worst worthless
"""
OPINION = dict.fromkeys(POSITIVE_WORDS.split(), 1) | dict.fromkeys(NEGATIVE_WORDS.split(), -1)
NEGATION = re.compile(r"not|no|never|without|hardly|\w+n't")
