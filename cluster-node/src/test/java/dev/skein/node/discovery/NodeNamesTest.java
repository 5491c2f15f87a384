package dev.skein.node.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.ClusterSettings.Seed;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeNamesTest {
    private static final Seed SELF = new Seed("skein-1.skein-nodes", 25_520);

    private static List<Seed> seeds(String... words) {
        return Stream.of(words).map(Seed::of).toList();
    }

    @Test
    void wholeNamesBecomeShortWhereThisNodeHasAShortOne() {
        assertThat(NodeNames.as(
                        SELF,
                        seeds(
                                "skein-10.skein-nodes.a.svc.cluster.local.:25520",
                                "skein-1.skein-nodes.a.svc.cluster.local.:25520",
                                "SKEIN-0.skein-nodes.a.svc.cluster.local:25520")))
                .containsExactlyElementsOf(
                        seeds("skein-0.skein-nodes:25520", "skein-1.skein-nodes:25520", "skein-10.skein-nodes:25520"));
    }

    @Test
    void shortNamesBecomeWholeWhereThisNodeHasAWholeOne() {
        assertThat(NodeNames.as(
                        new Seed("skein-1.skein-nodes.a.svc", 25_520),
                        seeds("skein-0.skein-nodes:25520", "skein-1.skein-nodes:25520")))
                .containsExactlyElementsOf(seeds("skein-0.skein-nodes.a.svc:25520", "skein-1.skein-nodes.a.svc:25520"));
    }

    @Test
    void namesThatAgreeAndThoseWithoutThisNodeStayAndStandOnce() {
        List<Seed> agree = seeds("skein-0.skein-nodes:25520", "skein-1.skein-nodes:25520");
        assertThat(NodeNames.as(SELF, agree)).isEqualTo(agree);
        List<Seed> others = seeds("10.0.0.1:25520", "10.0.0.1:25520", "skein-1.skein-nodes.a.svc:9");
        assertThat(NodeNames.as(SELF, others))
                .containsExactlyElementsOf(seeds("10.0.0.1:25520", "skein-1.skein-nodes.a.svc:9"));
    }
}
