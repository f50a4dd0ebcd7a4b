{# one row per antenna with a released pair #}

{%- set kinds = {'calls': 'call_count', 'sms': 'sms_count'} %}
{%- set damping = '0.85D' %}
{#- then changes are below 1e-13, because each step shrinks them by the damping factor #}
{%- set steps = 200 %}

{#
    Computed from released pairs only, so it discloses nothing beyond the release.

    PageRank by the power method: in each step an antenna passes its rank on to the antennas that it
    has links to, by their weights. The links are few enough for one task.
#}

with links as (

    select
        units.period,
        decisions.antenna_id1,
        decisions.antenna_id2,
        {%- for kind, count in kinds.items() %}
        case when decisions.{{ count }}_decision = 'released' then decisions.{{ count }} end
            as {{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('interaction_decisions') }} as decisions
    inner join {{ ref('units') }} as units
        on decisions.antenna_id1 = units.antenna_id
    where decisions.antenna_id1 != decisions.antenna_id2

),

{% for kind in kinds -%}
{{ kind }}_links as (

    select
        period,
        antenna_id1,
        antenna_id2,
        {{ ratio(kind, 'sum(' ~ kind ~ ') over (partition by antenna_id1)') }} as part
    from links
    where {{ kind }} is not null

),

-- antennas with a link, with their places from 0
{{ kind }}_antennas as (

    select
        period,
        antenna_id,
        row_number() over (partition by period order by antenna_id) - 1 as place
    from (
        select
            period,
            antenna_id1 as antenna_id
        from {{ kind }}_links
        union distinct
        select
            period,
            antenna_id2 as antenna_id
        from {{ kind }}_links
    )

),

-- where an antenna gets its rank from; sorted, because sums of doubles depend on the order
{{ kind }}_sources as (

    select
        {{ kind }}_links.antenna_id2 as antenna_id,
        array_sort(collect_list(struct({{ kind }}_antennas.place, {{ kind }}_links.part)))
            as sources
    from {{ kind }}_links
    inner join {{ kind }}_antennas
        on {{ kind }}_links.antenna_id1 = {{ kind }}_antennas.antenna_id
    group by {{ kind }}_links.antenna_id2

),

{{ kind }}_network as (

    select
        {{ kind }}_antennas.period,
        array_sort(collect_list(struct(
            {{ kind }}_antennas.place,
            {{ kind }}_antennas.antenna_id,
            coalesce({{ kind }}_sources.sources, array()) as sources
        ))) as antennas
    from {{ kind }}_antennas
    left join {{ kind }}_sources
        on {{ kind }}_antennas.antenna_id = {{ kind }}_sources.antenna_id
    group by {{ kind }}_antennas.period

),

{{ kind }}_ranks as (

    select
        period,
        inline(arrays_zip(
            transform(antennas, antenna -> antenna.antenna_id),
            aggregate(
                sequence(1, {{ steps }}),
                transform(antennas, antenna -> 1D / size(antennas)),
                (ranks, step) -> transform(
                    antennas,
                    antenna -> (1 - {{ damping }}) / size(antennas) + {{ damping }} * aggregate(
                        antenna.sources,
                        0D,
                        (total, source) -> total + source.part * ranks[source.place]
                    )
                )
            )
        )) as (antenna_id, passed_on)
    from {{ kind }}_network

),

{{ kind }}_totals as (

    select
        period,
        {{ exact_sum('passed_on') }} as passed_on
    from {{ kind }}_ranks
    group by period

),

-- what an antenna without a link to others would pass on is everybody's
{{ kind }}_pagerank as (

    select
        {{ kind }}_ranks.antenna_id,
        {{ ratio(kind ~ '_ranks.passed_on', kind ~ '_totals.passed_on') }} as pagerank
    from {{ kind }}_ranks
    inner join {{ kind }}_totals
        on {{ kind }}_ranks.period = {{ kind }}_totals.period

){{ ',\n\n' if not loop.last else '\n' }}
{%- endfor %}
select
    coalesce(calls_pagerank.antenna_id, sms_pagerank.antenna_id) as antenna_id,
    calls_pagerank.pagerank as calls_pagerank,
    sms_pagerank.pagerank as sms_pagerank
from calls_pagerank
full outer join sms_pagerank
    on calls_pagerank.antenna_id = sms_pagerank.antenna_id
