"""The lineage proof: nothing about a single person can reach a released column.

    python -m scripts.lineage

Needs `make dev` (sqlglot), no server and no data: it reads the SQL that dbt compiles, for each
configuration in variants.py. Every column of every model gets labels that say what of a person it
may show, and every operation of SQL says what becomes of the labels of what it works on:

- reading the raw files makes RAW (ids, handset, key, what the layout does not describe), VALUE (any
  other field of one person's record) and ROW (one row per person or record);
- the keyed hash of `pseudonym` turns RAW into ID, nothing else does: not a hash without the key;
- a comparison, or a CASE between fixed texts, sorts rows into classes and leaves ROW; so do the
  hour, the day and longer times of an event;
- grouping ends ROW if no key is an id or a VALUE. Then count turns ID and VALUE into AGGREGATE,
  sum, avg and variance turn VALUE into AGGREGATE, and every other function (max, min, first,
  any_value, collect_list, an unknown one) turns VALUE into SINGLE. Ids stay ids under anything but
  count;
- SINGLE divided by an AGGREGATE is a SHARE; an AGGREGATE picked out of all antennas, by a window or
  without a key, belongs to OTHERS;
- the privacy gate, recognised by its exact form, decides about one column without showing it; and
  `case when <decision> = 'released' then <that column> end` ends AGGREGATE. Nothing else does;
- all other operations pass on the labels of all they touch. What chooses rows (where, having,
  joins, the length of an array that is exploded) counts as shown by every column.

Then `ALLOWED` says which labels a model of a tier may have: a released one none at all. With the
gate off (`privacy_k: 0`) a release says that it is not for release; it may then show AGGREGATE and
OTHERS, still nothing of a person's own. SQL that is not understood is an error, never a pass.

Not seen: whether the gate's counts are those of its value (the tests' oracle sees to that), what a
number gives away by its size, who may read which table, and the conditions by which a later run
leaves out files and weeks that it has read before.

labels.py says what labels are, raw.py which the raw tables have, expressions.py, gate.py and
queries.py what SQL makes of them, project.py compiles, proof.py judges.
"""
