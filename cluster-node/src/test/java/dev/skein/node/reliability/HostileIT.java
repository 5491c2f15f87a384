package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients that mean harm, one kind after another, at a node with 256 MB of heap: its neighbours lose nothing, the node
 * lives, and starts again with what was left in it. What the neighbours felt is printed.
 */
@Tag("mostly-waiting")
@Order(1)
class HostileIT {
    private static final Logger LOG = LoggerFactory.getLogger(HostileIT.class);
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final int TALK = 100;

    @TempDir
    Path home;

    private SkeinProcess node;
    private Neighbours neighbours;
    private final List<Attacker> attackers = new ArrayList<>();

    /** What an attacker does. */
    private interface Attack {
        void run() throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        node = SkeinProcess.in(home, "-Xmx256m").start();
        neighbours = new Neighbours(node.mqttPort());
        neighbours.talk(TALK);
    }

    @AfterEach
    void stop() {
        attackers.forEach(Attacker::close);
        neighbours.close();
        node.close();
    }

    private Attacker attacker(String clientId, boolean cleanSession) throws IOException {
        Attacker attacker = Attacker.connected(node.mqttPort(), clientId, cleanSession);
        attackers.add(attacker);
        return attacker;
    }

    private void suffers(TestInfo which, Attack attack) throws Exception {
        attack.run();
        neighbours.talk(TALK);
        String felt = neighbours.end();
        LOG.info("hostile: {}: {}", which.getTestMethod().orElseThrow().getName(), felt);
        assertThat(node.log()).doesNotContain("OutOfMemoryError");
        assertThat(node.get("/health/ready").status()).isEqualTo(200);
        node.kill();
        node.start();
        try (Neighbours after = new Neighbours(node.mqttPort())) {
            after.talk(TALK);
            after.end();
        }
        assertThat(node.log()).doesNotContain("OutOfMemoryError");
    }

    private static byte[] subscribe(List<String> filters, int qos) {
        return Packets.subscribe(1, filters, qos);
    }

    /** All filters of the form e/{a,+}^16/#. */
    private static List<String> crossing() {
        List<String> all = new ArrayList<>();
        for (int bits = 0; bits < 1 << 16; bits++) {
            StringBuilder filter = new StringBuilder("e");
            for (int level = 0; level < 16; level++) {
                filter.append((bits >> level & 1) == 0 ? "/a" : "/+");
            }
            all.add(filter.append("/#").toString());
        }
        return all;
    }

    @Test
    @Tag("soak")
    void filtersThatCross(TestInfo which) throws Exception {
        suffers(which, () -> {
            List<String> filters = crossing();
            for (boolean clean : new boolean[] {true, false}) {
                Attacker subscriber = attacker("crossing-" + clean, clean).taking();
                for (int i = 0; i < filters.size(); i += 1024) {
                    subscriber.send(subscribe(filters.subList(i, i + 1024), 1));
                }
            }
            Attacker publisher = attacker("publisher", true).taking();
            for (int i = 0; i < 2000; i++) {
                publisher.send(Packets.publish("e" + "/a".repeat(17), "x", 0, false, false, 0));
            }
            publisher.sync();
        });
    }

    @Test
    @Tag("soak")
    void filtersOfManyLevels(TestInfo which) throws Exception {
        suffers(which, () -> {
            for (int client = 0; client < 10; client++) {
                Attacker subscriber = attacker("deep-" + client, false).taking();
                for (int n = 0; n < 16; n++) {
                    String filter = client + "/" + n + "/".repeat(65_000);
                    subscriber.send(subscribe(List.of(filter), 1));
                }
            }
        });
    }

    /** As many persistent ones as there is room for, and more. */
    @Test
    @Tag("soak")
    void filtersOfPersistentSessions(TestInfo which) throws Exception {
        suffers(which, () -> {
            for (int client = 0; client < 60; client++) {
                Attacker subscriber = attacker("many-" + client, false).taking();
                List<String> filters = new ArrayList<>();
                for (int n = 0; n < 1000; n++) {
                    filters.add("x/" + client + "-" + n + "/".repeat(125));
                }
                subscriber.send(subscribe(filters, 1));
            }
            Attacker publisher = attacker("publisher", true).taking();
            publisher.send(Packets.publish("x/1", "x", 1, false, false, 1));
        });
    }

    @Test
    void retainedMessagesThatAreLarge(TestInfo which) throws Exception {
        suffers(which, () -> {
            Attacker publisher = attacker("publisher", true).taking();
            String body = "x".repeat(900_000);
            for (int n = 0; n < 300; n++) {
                publisher.send(Packets.publish("large/" + n, body, 1, true, false, 1 + n));
            }
            publisher.sync();
            for (int n = 0; n < Effort.of(30, 100); n++) {
                attacker("all-" + n, true).taking().send(subscribe(List.of("#"), 1));
                attacker("slow-" + n, true).send(subscribe(List.of("#"), 1));
            }
        });
    }

    @Test
    @Tag("soak")
    void replaysOfEverything(TestInfo which) throws Exception {
        suffers(which, () -> {
            Attacker publisher = attacker("publisher", true).taking();
            for (int n = 0; n < 2000; n++) {
                publisher.send(Packets.publish("small/" + n, "x", 1, true, false, 1 + n));
            }
            List<String> filters = new ArrayList<>();
            for (int n = 0; n < 10_000; n++) {
                filters.add("#");
            }
            for (int n = 0; n < 100; n++) {
                attacker("again-" + n, true).taking().send(subscribe(filters, 0));
            }
        });
    }

    @Test
    void floodAtQosZero(TestInfo which) throws Exception {
        suffers(which, () -> {
            for (int n = 0; n < 30; n++) {
                attacker("reader-" + n, true).taking().send(subscribe(List.of("flood"), 0));
            }
            Attacker publisher = attacker("publisher", true);
            byte[] message = Packets.publish("flood", "x".repeat(10_000), 0, false, false, 0);
            ByteArrayOutputStream many = new ByteArrayOutputStream();
            for (int n = 0; n < 100; n++) {
                many.write(message);
            }
            for (int n = 0; n < Effort.of(20, 60); n++) { // MB, and the same to each reader
                publisher.send(many.toByteArray());
            }
            publisher.taking().sync();
        });
    }

    @Test
    @Tag("soak")
    void topicsThatAreLong(TestInfo which) throws Exception {
        suffers(which, () -> {
            attacker("sleeper", true).send(subscribe(List.of("long/#"), 1));
            attacker("away", false).taking().send(subscribe(List.of("long/#"), 1));
            Attacker publisher = attacker("publisher", true).taking();
            for (int n = 0; n < 4000; n++) {
                publisher.send(Packets.publish("long/" + n + "x".repeat(60_000), "", 1, false, false, 1 + n));
            }
            Waiting.untilQuiet(QUIET, publisher::taken); // it is held back at last
        });
    }

    @Test
    @Tag("soak")
    void parentTopicsWithoutNumber(TestInfo which) throws Exception {
        suffers(which, () -> {
            Attacker publisher = attacker("publisher", true).taking();
            for (int n = 0; n < 20_000; n++) {
                publisher.send(Packets.publish("parent-" + n + "/x", "x", 0, false, false, 0));
            }
            publisher.sync();
        });
    }
}
