package dev.skein.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final long BEGIN = 1_764_500_000_000L;
    private static final long STEP = History.STEP.toMillis();

    private final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));
    private final History history = metrics.history();

    @AfterEach
    void close() {
        metrics.close();
    }

    private List<@Nullable Double> values(String name) {
        return history.read().series().stream()
                .filter(series -> series.name().equals(name))
                .findFirst()
                .orElseThrow()
                .values();
    }

    @Test
    void nothingIsToldBeforeTheFirstSample() {
        assertThat(history.read().until()).isZero();
        assertThat(values("skein_connections")).isEmpty();
    }

    @Test
    void countersAreRatesOfAllTheirSeriesAndGaugesAreSums() {
        history.sample(BEGIN);
        metrics.topic("default", "a").received(0, 10);
        metrics.topic("other", "b").received(1, 30);
        metrics.connections("mqtt").connected("default");
        metrics.connections("ws").connected("default");
        metrics.publishToAck("default").record(TimeUnit.MILLISECONDS.toNanos(4));
        metrics.publishToAck("default").record(TimeUnit.MILLISECONDS.toNanos(8));
        history.sample(BEGIN + STEP);
        history.sample(BEGIN + 2 * STEP);
        assertThat(history.read().until()).isEqualTo(BEGIN + 2 * STEP);
        assertThat(values("skein_messages_received_total")).containsExactly(null, 0.2, 0.0);
        assertThat(values("skein_messages_received_bytes_total")).containsExactly(null, 4.0, 0.0);
        assertThat(values("skein_connections")).containsExactly(0.0, 2.0, 2.0);
        assertThat(values("skein_publish_ack_seconds")).containsExactly(null, 0.006, null);
        assertThat(values("jvm_memory_used_bytes"))
                .allSatisfy(used -> assertThat(used).isPositive());
    }

    @Test
    void anHourIsKept() {
        LongAdder queued = new LongAdder();
        metrics.deliveriesQueued("default", queued::sum);
        for (int i = 0; i < 500; i++) {
            history.sample(BEGIN + i * STEP);
            queued.increment();
        }
        List<@Nullable Double> kept = values("skein_deliveries_queued");
        assertThat(kept).hasSize(360).startsWith(140.0).endsWith(499.0);
    }
}
