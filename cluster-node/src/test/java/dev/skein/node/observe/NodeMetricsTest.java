package dev.skein.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.StoreMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NodeMetricsTest {
    private static final String D = "mqtt_instance=\"default\",";

    private final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(2));

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void topicCountsByInstanceAndParentTopic() {
        TopicMetrics topic = metrics.topic("default", "sensors");
        topic.received(1, 100);
        topic.received(1, 20);
        topic.delivered(0);
        topic.delivered(2, 5);
        topic.dropped(DropReason.QUEUE_FULL);
        topic.dropped(DropReason.OFFLINE_QOS0, 3);

        assertThat(lines())
                .contains(
                        "skein_messages_received_total{" + D + "parent_topic=\"sensors\",qos=\"1\"} 2.0",
                        "skein_messages_received_bytes_total{" + D + "parent_topic=\"sensors\"} 120.0",
                        "skein_deliveries_total{" + D + "parent_topic=\"sensors\",qos=\"0\"} 1.0",
                        "skein_deliveries_total{" + D + "parent_topic=\"sensors\",qos=\"2\"} 5.0",
                        "skein_deliveries_dropped_total{" + D + "parent_topic=\"sensors\",reason=\"queue_full\"} 1.0",
                        "skein_deliveries_dropped_total{" + D + "parent_topic=\"sensors\",reason=\"offline_qos0\"} 3.0")
                .noneMatch(line -> line.contains("reason=\"too_large\""));
    }

    @Test
    void sameTopicIsTheSameObject() {
        assertThat(metrics.topic("default", "a")).isSameAs(metrics.topic("default", "a"));
        assertThat(metrics.topic("default", "a")).isNotSameAs(metrics.topic("second", "a"));
    }

    @Test
    void topicsAboveTheCapCountAsOther() {
        metrics.topic("default", "a");
        metrics.topic("second", "b");
        TopicMetrics third = metrics.topic("default", "c");
        assertThat(third).isSameAs(metrics.other("default"));
        third.received(0, 1);
        assertThat(lines()).contains("skein_messages_received_total{" + D + "parent_topic=\"other\",qos=\"0\"} 1.0");
    }

    @Test
    void removedTopicMakesRoomAndItsCountMovesToOther() {
        TopicMetrics idle = metrics.topic("default", "a");
        metrics.topic("default", "b");
        idle.received(0, 7);
        metrics.remove("default", "a");

        assertThat(lines())
                .contains("skein_messages_received_total{" + D + "parent_topic=\"other\",qos=\"0\"} 1.0")
                .noneMatch(line -> line.contains("parent_topic=\"a\""));
        assertThat(metrics.topic("default", "c")).isNotSameAs(metrics.other("default"));

        idle.dropped(DropReason.CLOSED);
        assertThat(lines()).noneMatch(line -> line.contains("parent_topic=\"a\""));
    }

    @Test
    void otherIsNeverRemoved() {
        TopicMetrics other = metrics.other("default");
        metrics.remove("default", "other");
        metrics.remove("default", "never seen");
        assertThat(metrics.other("default")).isSameAs(other);
    }

    @Test
    void topicsThatBeginWithASlashHaveALabel() {
        metrics.topic("default", "").received(0, 1);
        assertThat(lines()).contains("skein_messages_received_total{" + D + "parent_topic=\"/\",qos=\"0\"} 1.0");
    }

    @Test
    void hostileTopicNameStaysInItsLabel() {
        metrics.topic("default", "a\"} 1\nx\\").received(0, 1);
        assertThat(lines())
                .contains(
                        "skein_messages_received_total" + "{" + D + "parent_topic=\"a\\\"} 1\\nx\\\\\",qos=\"0\"} 1.0");
    }

    @Test
    void countingAllocatesNothing() {
        TopicMetrics topic = metrics.topic("default", "a");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        count(topic);
        long before = threads.getCurrentThreadAllocatedBytes();
        count(topic);
        long counted = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(counted).isLessThan(10_000);
    }

    private static void count(TopicMetrics topic) {
        for (int i = 0; i < 100_000; i++) {
            topic.received(1, i);
            topic.delivered(1);
            topic.dropped(DropReason.EXPIRED);
        }
    }

    @Test
    void connectionsAreCountedByListenerInstanceAndReason() {
        ConnectionMetrics mqtt = metrics.connections("mqtt");
        mqtt.accepted();
        mqtt.accepted();
        mqtt.closed();
        mqtt.acceptPaused();
        metrics.certificate(NodeMetrics.LISTENERS).reloaded(false);
        mqtt.connected("default");
        mqtt.connected("default");
        mqtt.disconnected("default", "KEEP_ALIVE");
        mqtt.refused("BAD_CREDENTIALS");
        mqtt.packetRejected("MALFORMED-LENGTH");

        assertThat(metrics.connections("mqtt")).isSameAs(mqtt);
        assertThat(lines())
                .contains(
                        "skein_sockets{listener=\"mqtt\"} 1.0",
                        "skein_accepts_total{listener=\"mqtt\"} 2.0",
                        "skein_accepts_paused_total{listener=\"mqtt\"} 1.0",
                        "skein_tls_reloads_total{result=\"failed\",use=\"listeners\"} 1.0",
                        "skein_tls_reload_failed{use=\"listeners\"} 1.0",
                        "skein_connections{listener=\"mqtt\",mqtt_instance=\"default\"} 1.0",
                        "skein_connects_total{listener=\"mqtt\",mqtt_instance=\"default\"} 2.0",
                        "skein_disconnects_total{listener=\"mqtt\"," + D + "reason=\"keep_alive\"} 1.0",
                        "skein_connects_refused_total{listener=\"mqtt\",reason=\"bad_credentials\"} 1.0",
                        "skein_packets_rejected_total{listener=\"mqtt\",reason=\"malformed_length\"} 1.0");
    }

    @Test
    void endOfACertificateIsShownAndMovesWithTheNextOne() {
        assertThat(metrics.scrape()).doesNotContain("skein_tls_certificate_expires");
        CertificateMetrics cluster = metrics.certificate(NodeMetrics.CLUSTER);
        cluster.inUse(Instant.ofEpochSecond(2_000_000_000));
        assertThat(lines()).contains("skein_tls_certificate_expires{use=\"cluster\"} 2.0E9");
        cluster.listsInUse(null);
        assertThat(metrics.scrape()).doesNotContain("skein_tls_crl_expires");
        cluster.listsInUse(Instant.ofEpochSecond(2_000_000_000));
        assertThat(lines()).contains("skein_tls_crl_expires{use=\"cluster\"} 2.0E9");
        cluster.listsInUse(Instant.ofEpochSecond(2_100_000_000));
        assertThat(lines()).contains("skein_tls_crl_expires{use=\"cluster\"} 2.1E9");
        cluster.listsInUse(null);
        assertThat(metrics.scrape()).doesNotContain("skein_tls_crl_expires");
        cluster.inUse(Instant.ofEpochSecond(2_100_000_000));
        assertThat(lines()).contains("skein_tls_certificate_expires{use=\"cluster\"} 2.1E9");
    }

    @Test
    void nextCertificateIsNoWarning() {
        CertificateMetrics listeners = metrics.certificate(NodeMetrics.LISTENERS);
        Logger registry = (Logger) LoggerFactory.getLogger(MeterRegistry.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        registry.addAppender(said);
        try {
            listeners.inUse(Instant.ofEpochSecond(2_000_000_000));
            listeners.inUse(Instant.ofEpochSecond(2_100_000_000));
        } finally {
            registry.detachAppender(said);
        }
        assertThat(said.list).isEmpty();
    }

    @Test
    void failedReadOfCertificatesShowsUntilTheNextGoodOne() {
        metrics.certificate(NodeMetrics.LISTENERS).reloaded(true);
        assertThat(lines()).contains("skein_tls_reload_failed{use=\"listeners\"} 0.0");
        metrics.certificate(NodeMetrics.LISTENERS).reloaded(false);
        assertThat(lines()).contains("skein_tls_reload_failed{use=\"listeners\"} 1.0");
        metrics.certificate(NodeMetrics.LISTENERS).reloaded(true);
        assertThat(lines()).contains("skein_tls_reload_failed{use=\"listeners\"} 0.0");
    }

    @Test
    void storeFiguresAreReadAtEachScrape() {
        AtomicLong commits = new AtomicLong(1);
        metrics.store(() -> new StoreMetrics(commits.get(), 20, 30, 4_000_000_000L, 5), () -> 600, () -> 800);
        commits.set(10);
        assertThat(lines())
                .contains(
                        "skein_store_commit_seconds_count 10",
                        "skein_store_commit_seconds_sum 4.0",
                        "skein_store_entries_appended_total 20.0",
                        "skein_store_entries_removed_total 30.0",
                        "skein_store_failures_total 5.0",
                        "skein_store_pending_bytes 600.0",
                        "skein_store_pending_max_bytes 800.0");
    }

    @Test
    void dropsOfTheStoreCountUnderOther() {
        metrics.dropped("default", DropListener.Reason.EXPIRED, 4);
        assertThat(lines())
                .contains(
                        "skein_deliveries_dropped_total" + "{" + D + "parent_topic=\"other\",reason=\"expired\"} 4.0");
    }

    @Test
    void latencyIsAHistogramInSeconds() {
        LatencyMetric latency = metrics.publishToAck("default");
        latency.record(2_000_000);
        latency.record(-5);
        assertThat(metrics.scrape())
                .contains("skein_publish_ack_seconds_count{mqtt_instance=\"default\"} 2")
                .contains("skein_publish_ack_seconds_bucket{mqtt_instance=\"default\",le=\"1.0E-4\"} 1")
                .contains("skein_publish_ack_seconds_bucket{mqtt_instance=\"default\",le=\"0.0025\"} 2")
                .contains("skein_publish_ack_seconds_sum{mqtt_instance=\"default\"} 0.002");
    }

    @Test
    void jvmIsMeasured() {
        assertThat(metrics.scrape())
                .contains("jvm_memory_used_bytes{", "jvm_threads_live_threads ", "jvm_gc_", "process_uptime_seconds ")
                .contains("netty_allocator_memory_used{", "memory_type=\"direct\"");
    }

    @Test
    void settingsAreChecked() {
        assertThat(MetricsSettings.from(ConfigFactory.defaultReference().getConfig("skein.metrics")))
                .isEqualTo(new MetricsSettings(1000));
        assertThatThrownBy(() -> new MetricsSettings(-1))
                .isInstanceOf(ConfigException.class)
                .hasMessage("skein.metrics.max-parent-topics: -1 (expected: 0..100000)");
    }

    private List<String> lines() {
        return metrics.scrape().lines().toList();
    }
}
