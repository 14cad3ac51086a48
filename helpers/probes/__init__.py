"""What does a model know? Questions whose answer is known.

senses      neighbours of each sense, the nearest and the usual sense, a linear probe
nearness    what near words share: the slot that they fill, or the topic
agreement   does the verb agree with its subject?
names       what is it worth to have read a name long before?
number_units  which units hold the number of the subject? they are held
cloze       each word of a text hidden alone
heads       does a head look where the answer lies? what is lost without it?
lookers     weights, vectors and votes of a model that is one attention
own_words   how a decoder errs with a teacher, alone, and after a slip
alignments  what attention between two sentences points at
speed       how many steps must wait for each other, and milliseconds
shares      a share of right answers with its standard error
"""
