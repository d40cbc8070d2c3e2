from sqlalchemy import text
from sentinel.store import Database, open_database

def test_a(database):
    with database.write() as conn:
        conn.execute(text("insert into account values ('x', NULL)"))
    with database.read() as conn:
        print(conn.execute(text("select * from account")).all())
        print(conn.execute(text("select * from daily_cost_named")).all())
