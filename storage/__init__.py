"""The rows: what checks write, what is owed, what can be asked. The only folder that knows SQL."""
