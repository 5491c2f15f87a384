package dev.skein.node.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.ClusterSettings.Seed;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a DNS server on UDP, with the search domains of a pod. */
class DnsDiscoveryTest {
    private static final String SERVICE = "_cluster._tcp.skein-nodes";
    private static final String DOMAIN = ".a.svc.cluster.local";
    private static final Seed SELF = new Seed("skein-1.skein-nodes", 25_520);

    private final DnsResponder dns = DnsResponder.start();
    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("pekko.io.dns.async-dns {"
                    + " nameservers = [\"" + dns.server() + "\"]\n"
                    + " search-domains = [\"a.svc.cluster.local\", \"svc.cluster.local\"]\n ndots = 5 }")
            .withFallback(ConfigFactory.parseResources("skein-pekko.conf").withOnlyPath("pekko.actor.deployment"))
            .withFallback(ConfigFactory.load()));

    @AfterEach
    void end() {
        kit.shutdownTestKit();
        dns.close();
    }

    static Config cluster(String keys) {
        return ConfigFactory.parseString("skein.cluster { " + keys + " }")
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve()
                .getConfig("skein.cluster");
    }

    private Discovery discovery(String name, String timeout) {
        return Discovery.of(
                kit.system(),
                ClusterSettings.from(
                        cluster("discovery { method = dns, name = \"" + name + "\", timeout = " + timeout + " }")));
    }

    private static List<Seed> seeds(String... words) {
        return Stream.of(words).map(Seed::of).toList();
    }

    @Test
    void serviceRecordsTellNamesAndPortsAndPodsThatComeLaterAreSeen() {
        Discovery discovery = discovery(SERVICE, "5s");
        dns.service(SERVICE + DOMAIN, List.of("skein-1.skein-nodes" + DOMAIN + ":25520"));
        assertThat(discovery.look(SELF)).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(List.of(SELF));

        dns.service(
                SERVICE + DOMAIN,
                List.of("skein-1.skein-nodes" + DOMAIN + ":25520", "skein-0.skein-nodes" + DOMAIN + ":25521"));
        assertThat(discovery.look(SELF))
                .succeedsWithin(20, TimeUnit.SECONDS)
                .isEqualTo(seeds("skein-0.skein-nodes:25521", "skein-1.skein-nodes:25520"));
        assertThat(dns.questions()).contains(SERVICE + DOMAIN);
    }

    @Test
    void addressRecordsTellAddressesWithThePortOfThisNode() {
        dns.addresses("skein-nodes" + DOMAIN, List.of("10.0.0.7", "10.0.0.6"));

        assertThat(discovery("skein-nodes", "5s").look(SELF))
                .succeedsWithin(20, TimeUnit.SECONDS)
                .isEqualTo(seeds("10.0.0.6:25520", "10.0.0.7:25520"));
    }

    @Test
    void behindAnUnknownNameIsNobodyAndTheQuestionSaysWhatWasAsked() {
        Discovery discovery = discovery(SERVICE, "5s");

        assertThat(discovery.look(SELF)).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(List.of());
        assertThat(discovery.question()).isEqualTo("DNS for SRV " + SERVICE);
    }

    @Test
    void serverThatDoesNotAnswerIsAFailureInBoundedTime() {
        dns.fallSilent();

        assertThat(discovery(SERVICE, "300ms").look(SELF)).failsWithin(20, TimeUnit.SECONDS);
    }
}
