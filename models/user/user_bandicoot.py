"""One row per user with a national event: bandicoot's 722 individual indicators.

Grain, columns and their order are described in _user__models.yml.
"""

from pyspark.sql import functions as F

from python_udfs.bandicoot_batches import indicator_function, output_schema
from python_udfs.bandicoot_events import (
    EVENT_COLUMNS,
    OPTIONAL_COLUMNS,
    TOTAL_ORDER,
    BandicootSettings,
)


def model(dbt, spark):
    national_events = dbt.ref("events").where("is_national")
    # Columns that the layout does not have; in those that it has, an event without a value is no
    # accepted row, save a call with an empty duration, which bandicoot leaves out.
    shows_column = {
        "correspondent_id": F.col("correspondent_id").isNotNull(),
        "call_duration": F.col("call_duration").isNotNull() | F.col("has_empty_duration"),
    }
    settings = BandicootSettings(
        weekend_days=tuple(map(int, str(dbt.config.meta_get("weekend_days")).split())),
        night_begin=int(dbt.config.meta_get("noct_begin")),
        night_end=int(dbt.config.meta_get("noct_end")),
        missing_columns=tuple(
            name for name in OPTIONAL_COLUMNS if national_events.where(shows_column[name]).isEmpty()
        ),
    )
    engine = dbt.config.meta_get("bandicoot_engine")

    places = F.broadcast(dbt.ref("antennas").select("antenna_id", "latitude", "longitude"))

    # A fixed number of partitions: these rows are few bytes but much work, and adaptive execution,
    # which goes by bytes, would leave them to one core.
    partitions = int(spark.conf.get("spark.sql.shuffle.partitions"))
    users = (
        national_events.join(places, "antenna_id")
        .select("user_id", *EVENT_COLUMNS)
        .repartition(partitions, "user_id")
        .sortWithinPartitions("user_id", *TOTAL_ORDER)
    )
    return users.mapInArrow(indicator_function(settings, engine), output_schema("bigint"))
