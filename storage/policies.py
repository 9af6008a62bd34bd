"""What hosts stated for machines (robots.txt, tdmrep.json), kept from pass to pass so that each is asked once a day."""

from sqlite_utils import Database

from storage.records import HostPolicy, from_utc_text, utc_text

FORGOTTEN_DAYS = 31  # before the newest; older ones are of no use (RFC 9309, 2.4), and hosts come and go


def stored_policies(db: Database) -> dict[str, HostPolicy]:
    """Return every stored policy by origin, those of the last FORGOTTEN_DAYS."""
    rows = db.execute(
        "select origin, fetched_at, robots_status, robots, tdmrep_status, tdmrep from host_policies where"
        " fetched_at >= (select datetime(max(fetched_at), ?) from host_policies)",
        [f"-{FORGOTTEN_DAYS} days"],
    )
    return {
        origin: HostPolicy(
            origin=origin,
            fetched_at=from_utc_text(fetched_at),
            robots_status=robots_status,
            robots=robots,
            tdmrep_status=tdmrep_status,
            tdmrep=tdmrep,
        )
        for origin, fetched_at, robots_status, robots, tdmrep_status, tdmrep in rows.fetchall()
    }


def store_policy(db: Database, policy: HostPolicy) -> None:
    """Keep a policy in the place of an older one of its origin."""
    db.execute(
        "insert into host_policies (origin, fetched_at, robots_status, robots, tdmrep_status, tdmrep)"
        " values (?, ?, ?, ?, ?, ?) on conflict (origin) do update set fetched_at = excluded.fetched_at,"
        " robots_status = excluded.robots_status, robots = excluded.robots,"
        " tdmrep_status = excluded.tdmrep_status, tdmrep = excluded.tdmrep"
        " where excluded.fetched_at >= fetched_at",
        [
            policy.origin,
            utc_text(policy.fetched_at),
            policy.robots_status,
            policy.robots,
            policy.tdmrep_status,
            policy.tdmrep,
        ],
    )
