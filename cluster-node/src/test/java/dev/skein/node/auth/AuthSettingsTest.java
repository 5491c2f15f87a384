package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthSettingsTest {
    private static final Config REFERENCE =
            ConfigFactory.parseResources("reference.conf").getConfig("skein.auth");

    @Test
    void theReferenceIsRead() {
        assertThat(AuthSettings.from(REFERENCE)).isEqualTo(new AuthSettings(20, 1, 100_000, 2, 1_000, 50_000));
    }

    @ParameterizedTest
    @CsvSource({
        "failures-burst,      0,        1..1000000",
        "failures-per-second, 0,        0.001..100000",
        "failures-addresses,  0,        1..10000000",
        "hash-threads,        257,      1..256",
        "hash-queue,          -1,       1..1000000",
        "verified-cache,      10000001, 0..10000000",
    })
    void aWrongValueIsNamedWithItsFullKey(String key, String value, String expected) {
        Config auth = ConfigFactory.parseString(key + " = " + value).withFallback(REFERENCE);
        assertThatThrownBy(() -> AuthSettings.from(auth))
                .isInstanceOf(ConfigException.class)
                .hasMessage("skein.auth.%s: %s (expected: %s)", key, value, expected);
    }
}
