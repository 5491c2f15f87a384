package dev.skein.node.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.tls.NewCertificate;
import dev.skein.node.tls.TestCertificates;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCertificateTest {
    private final NewCertificate authority =
            NewCertificate.authority("test", InstantSource.system().instant(), Duration.ofDays(1), new SecureRandom());

    @ParameterizedTest
    @CsvSource({
        "node1.example.com, node1.example.com, true",
        "node1.example.com, NODE1.Example.Com, true",
        "node1.example.com, node1.example.com., true",
        "node1.example.com, node2.example.com, false",
        "node1.example.com, example.com, false",
        "*.skein-nodes, skein-0.skein-nodes, true",
        "*.skein-nodes, a.skein-0.skein-nodes, false",
        "*.skein-nodes, skein-nodes, false",
        "*.skein-nodes, .skein-nodes, false",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "2001:db8::1, [2001:db8:0:0::1], true",
        "2001:db8::1, [2001:db8::2], false",
        "node1.example.com, 10.0.0.1, false"
    })
    void holdsTheHostsOfItsAlternativeNames(String name, String host, boolean holds) {
        assertThat(certificate(name).holds(host)).isEqualTo(holds);
    }

    @Test
    void commonNameIsNoHost() {
        HostCertificate certificate = new HostCertificate(
                TestCertificates.ca("CN=ca").issue("CN=node1.example.com", 7).certificate());
        assertThat(certificate.holds("node1.example.com")).isFalse();
        assertThat(certificate.holds("127.0.0.1")).isTrue();
    }

    @Test
    void usageHasToCoverBothSidesOrNothing() {
        assertThat(certificate("a").isForBothSides()).isTrue();
        assertThat(new HostCertificate(TestCertificates.ca("CN=ca").certificate()).isForBothSides())
                .isTrue();
    }

    private HostCertificate certificate(String host) {
        return new HostCertificate(authority
                .issue(List.of(host), InstantSource.system().instant(), Duration.ofDays(1), new SecureRandom())
                .certificate());
    }
}
