"""Prioritisation and planning: scores, what a site costs, when works fit, and a plan over years.

Values in, values out. `facts` is what is known of a site; `score`, `cost` and `windows` judge it by
`rules` (data) and `calendar` (data); `problem` is what is to be planned; `proposing` plans it by
`years` and then `quarters`; `breaches` says what a plan breaks, `prices` what each constraint
costs, `comparison` how two plans differ.
"""
