"""The cadastre: a campaign's questionnaire as data, and the rules on what schools answer.

`questionnaire` is the data's form, `conditions` says what is asked when, `values` reads an answer,
`judging` finds what is wrong or missing, `comparison`, `prefilling` and `observing` put two answers
side by side, `states` is the life of a response, `sheets` its form as a workbook. Pure: values in,
values out.
"""
