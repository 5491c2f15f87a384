package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TenureTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final Tenure tenure = new Tenure(nanos::get);

    @Test
    void itLastsWhileTheConnectionIsThereAndShortlyAfter() {
        nanos.addAndGet(Tenure.AFTER.toNanos() * 10);
        assertThat(tenure.isWanted()).isTrue();

        tenure.end();
        nanos.addAndGet(Tenure.AFTER.toNanos() - 1);
        assertThat(tenure.isWanted()).isTrue();
        nanos.incrementAndGet();

        assertThat(tenure.isWanted()).isFalse();
    }
}
