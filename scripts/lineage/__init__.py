"""The lineage proof: nothing about a single person can reach a released column.

    python -m scripts.lineage

Needs `make dev` (sqlglot), no server and no data: it reads the SQL that dbt compiles, for each
configuration in variants.py. Every column of every model gets labels. A label says what the column
may show of a person. For each operation of SQL there is a rule for the labels of its result:

- The columns of the raw files are RAW (ids, handset, key, and what the layout does not describe) or
  VALUE (any other field of one person's record). Their rows are ROW: one per person or record.
- The keyed hash of the macro `pseudonym` turns RAW into ID. No other operation does, not even a hash
  without the key.
- A comparison, or a CASE with fixed texts as results, only sorts rows into classes: what remains is
  ROW. The same holds for the hour, the day and longer units of an event's time.
- Grouping removes ROW if no key is an id or a VALUE. count then turns ID and VALUE into AGGREGATE;
  sum, avg and variance turn VALUE into AGGREGATE. All other functions (max, min, first, any_value,
  collect_list, and unknown ones) turn VALUE into SINGLE. Except for count, ids stay ids.
- SINGLE divided by an AGGREGATE is a SHARE. An AGGREGATE that was picked from all antennas, by a
  window or without a key, is OTHERS.
- The privacy gate is recognised by its exact form. Its decision about a column does not show the
  column. Only `case when <decision> = 'released' then <that column> end` removes AGGREGATE.
- The result of any other operation has the labels of everything that it uses. What chooses rows
  (where, having, joins, the length of an exploded array) adds its labels to every column.

`ALLOWED` says which labels a model of each tier may have; a released model may have none. With the
gate off (`privacy_k: 0`) every row says that it is not for release. Then AGGREGATE and OTHERS are
allowed, but still nothing of a single person. SQL that the proof does not understand is an error.

The proof does not see whether the gate counts the users of the right value (the tests' oracle
checks this), what a number discloses by its size, who may read which table, and the conditions by
which a later run skips files and weeks that it has already read.

labels.py defines the labels and raw.py gives them to the raw tables. expressions.py, gate.py and
queries.py have the rules, project.py compiles the models, and proof.py judges them.
"""
