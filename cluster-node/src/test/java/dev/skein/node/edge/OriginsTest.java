package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {
    private static Origins of(boolean anonymous, String... words) {
        return Origins.parse("key", List.of(words), anonymous);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, localhost:8083, 127.0.0.1, true",
                "http://localhost:3000, localhost:8083, 127.0.0.1, true",
                "http://127.0.0.1, 127.0.0.1:8083, 127.0.0.1, true",
                "http://[::1]:80, [::1]:8083, ::1, true",
                "https://elsewhere.example, localhost:8083, 127.0.0.1, false",
                "null, localhost:8083, 127.0.0.1, false",
                "http://localhost:3000, none, 127.0.0.1, false",
                // a name of the attacker that his DNS says to be this machine
                "http://elsewhere.example:8083, elsewhere.example:8083, 127.0.0.1, false",
                "https://broker.example, broker.example, 192.0.2.1, true",
                "https://BROKER.example, broker.EXAMPLE:8083, 192.0.2.1, true",
                "https://broker.example.evil.example, broker.example, 192.0.2.1, false",
                "https://broker.example@evil.example, broker.example, 192.0.2.1, false",
                "not a uri, localhost, 127.0.0.1, false",
            })
    void whereAnonymousClientsGetInOnlyPagesOfTheSameHostDo(
            @Nullable String origin, @Nullable String host, String remote, boolean allowed) {
        assertThat(of(true, "auto").allow(origin, host, InetAddress.ofLiteral(remote)))
                .isEqualTo(allowed);
    }

    @Test
    void whereNobodyIsAnonymousAllPagesMay() {
        assertThat(of(false, "auto").allow("https://a.example", "b", InetAddress.ofLiteral("192.0.2.1")))
                .isTrue();
    }

    @Test
    void listHoldsAlsoWhereNobodyIsAnonymous() {
        InetAddress remote = InetAddress.ofLiteral("192.0.2.1");
        Origins listed = of(false, "https://App.example.com", "http://localhost:3000");
        assertThat(listed.allow("https://app.example.com", "b", remote)).isTrue();
        assertThat(listed.allow("http://localhost:3000", "b", remote)).isTrue();
        assertThat(listed.allow("http://localhost:3001", "b", remote)).isFalse();
        assertThat(listed.allow("https://b", "b", remote)).isFalse();
        assertThat(listed.allow(null, "b", remote)).isTrue();
        assertThat(of(true, "auto", "https://a.example").allow("https://b", "b", remote))
                .isTrue();
        assertThat(of(true, "*").allow("https://a.example", "b", remote)).isTrue();
        assertThat(of(true, "null").allow("null", "b", remote)).isTrue();
        assertThat(of(true).allow("https://b", "b", remote)).isFalse();
    }
}
