package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.skein.persistence.schema.JdbcAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the database is: no statement, no class, no secret in a message. */
class DatabaseAddressTest {
    private static Config with(String key, String value) {
        return ConfigFactory.parseResources("reference.conf")
                .resolve()
                .withValue(key, ConfigValueFactory.fromAnyRef(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "skein.storage.directory   | /data;INIT=RUNSCRIPT FROM 'x'",
                "skein.storage.directory   | ;",
                "skein.storage.jdbc.url    | jdbc:h2:file:/data/skein;INIT=RUNSCRIPT FROM 'http://x'",
                "skein.storage.jdbc.url    | jdbc:h2:mem:x;CACHE_SIZE=1; init =x",
                "skein.storage.jdbc.url    | jdbc:h2:mem:x;TRACE_LEVEL_FILE=3",
                "skein.storage.jdbc.url    | jdbc:h2:mem:x;AUTO_SERVER=TRUE",
                "skein.storage.jdbc.url    | jdbc:h2:tcp://elsewhere/x",
                "skein.storage.jdbc.url    | jdbc:postgresql://db/skein?socketFactory=a.B",
                "skein.storage.jdbc.url    | jdbc:postgresql://db/skein?ssl=true&SSLFACTORY=a.B",
                "skein.storage.jdbc.url    | jdbc:postgresql://db/skein?loggerFile=/tmp/x",
                "skein.storage.jdbc.url    | jdbc:mysql://db/skein",
            })
    void whatRunsSomethingIsRefused(String key, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeConfig.from(with(key, value)))
                .withMessageStartingWith(key + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "jdbc:postgresql://db.example:5432/skein?targetServerType=primary&ssl=true",
                "jdbc:postgresql://db/skein?sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory&sslmode=verify-full",
                "jdbc:h2:mem:x;DB_CLOSE_DELAY=-1",
            })
    void whatOnlySaysWhereItIsMayBe(String url) {
        assertThatCode(() -> NodeConfig.from(with("skein.storage.jdbc.url", url)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://db/skein?user=a&password=hunter2",
                "jdbc:mysql://a:hunter2@db/skein",
                "jdbc:h2:mem:x;PASSWORD=hunter2",
                "jdbc:postgresql://db/skein?sslpassword=hunter2&loggerFile=/tmp/x",
            })
    void refusalTellsNoSecret(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeConfig.from(with("skein.storage.jdbc.url", url)))
                .satisfies(failure -> assertThat(failure.getMessage())
                        .doesNotContain("hunter2")
                        .contains("***"));
    }

    @Test
    void settingsPrintNoSecret() {
        Config config = with("skein.storage.jdbc.url", "jdbc:postgresql://a:hunter2@db/skein?password=hunter2");
        assertThat(NodeConfig.from(config).toString()).doesNotContain("hunter2");
        assertThat(ShownConfig.render(config)).doesNotContain("hunter2").contains("jdbc:postgresql://a:***@db/skein");
        assertThat(JdbcAddress.masked("jdbc:postgresql://db/skein?user=a&ssl=true"))
                .isEqualTo("jdbc:postgresql://db/skein?user=a&ssl=true");
    }
}
