package dev.skein.persistence.jdbc;

class PostgresUpgradeIT implements UpgradeContract {
    private final String url = Postgres.emptyDatabase();

    @Override
    public String url() {
        return url;
    }

    @Override
    public String user() {
        return "postgres";
    }
}
