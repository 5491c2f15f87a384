package dev.skein.node.discovery;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.ClusterSettings.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.io.Dns;
import org.apache.pekko.io.dns.AAAARecord;
import org.apache.pekko.io.dns.ARecord;
import org.apache.pekko.io.dns.DnsProtocol;
import org.apache.pekko.io.dns.ResourceRecord;
import org.apache.pekko.io.dns.SRVRecord;
import org.apache.pekko.pattern.Patterns;

/**
 * The records of one name: SRV records have the names and ports of nodes, address records only addresses. Pekko's
 * resolver asks; the servers and search domains are those of the machine, or of {@code pekko.io.dns.async-dns}.
 */
final class DnsDiscovery implements Discovery {
    private final ActorRef resolver;
    private final String name;
    private final int port;
    private final Duration timeout;

    private DnsDiscovery(ActorRef resolver, String name, int port, Duration timeout) {
        this.resolver = resolver;
        this.name = name;
        this.port = port;
        this.timeout = timeout;
    }

    static DnsDiscovery create(ActorSystem<?> system, ClusterSettings settings) {
        return new DnsDiscovery(
                Dns.get(system.classicSystem()).loadAsyncDns("skein-discovery"),
                settings.discovery().name(),
                settings.port(),
                settings.discovery().timeout());
    }

    private boolean isService() {
        return name.startsWith("_");
    }

    @Override
    public CompletionStage<List<Seed>> answers() {
        var type = isService() ? DnsProtocol.srvRequestType() : DnsProtocol.ipRequestType();
        return Patterns.ask(resolver, DnsProtocol.resolve(name, type), timeout)
                .thenApply(answer -> seeds(((DnsProtocol.Resolved) answer).getRecords()));
    }

    private List<Seed> seeds(List<ResourceRecord> records) {
        List<Seed> seeds = new ArrayList<>();
        for (ResourceRecord record : records) {
            switch (record) {
                case SRVRecord service -> seeds.add(new Seed(service.target(), service.port()));
                case ARecord address -> seeds.add(new Seed(address.ip().getHostAddress(), port));
                case AAAARecord address -> seeds.add(new Seed(address.ip().getHostAddress(), port));
                default -> {} // an alias on the way
            }
        }
        return seeds;
    }

    @Override
    public String question() {
        return "DNS for " + (isService() ? "SRV " : "A and AAAA ") + name;
    }
}
