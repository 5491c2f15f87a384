package dev.skein.persistence.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2UpgradeTest implements UpgradeContract {
    @TempDir
    private Path directory;

    @Override
    public String url() {
        return JdbcStores.h2Url(directory);
    }

    @Override
    public String user() {
        return "skein";
    }
}
