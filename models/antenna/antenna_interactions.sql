{# one row per ordered pair of antennas whose residents interacted #}

-- user_id is on the side of the record, at antenna_id1; correspondent_id on the other side
{{ contributions_of_both_ends(
    ref('user_interactions'),
    keys=['antenna_id1', 'antenna_id2'],
    counts=['call_count', 'sms_count', 'vol_sum'],
) }}
