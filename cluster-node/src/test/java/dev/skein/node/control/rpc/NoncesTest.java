package dev.skein.node.control.rpc;

import static dev.skein.node.control.rpc.Nonces.Verdict.NEW;
import static dev.skein.node.control.rpc.Nonces.Verdict.TOO_MANY;
import static dev.skein.node.control.rpc.Nonces.Verdict.TOO_OLD;
import static dev.skein.node.control.rpc.Nonces.Verdict.USED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoncesTest {
    private static final long WINDOW = 60_000;
    private static final long NOW = 1_800_000_000_000L;

    private final Nonces nonces = new Nonces(3, WINDOW);

    @Test
    void aNonceCountsOnce() {
        assertThat(nonces.use("a", NOW, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("a", NOW, NOW)).isEqualTo(USED);
        assertThat(nonces.use("b", NOW, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("a", NOW, NOW + WINDOW))
                .as("as long as the request may")
                .isEqualTo(USED);
    }

    @Test
    void whatIsTooOldForTheWindowIsForgottenAndCountsNoMore() {
        assertThat(nonces.use("a", NOW, NOW)).isEqualTo(NEW);
        long later = NOW + 2 * WINDOW;
        assertThat(nonces.use("b", later, later)).isEqualTo(NEW);
        assertThat(nonces.use("a", NOW, later)).isEqualTo(TOO_OLD);
    }

    @Test
    void tooManyMakeTheWindowShorter() {
        assertThat(nonces.use("a", NOW - 30_000, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("b", NOW - 20_000, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("c", NOW - 10_000, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("d", NOW, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("a", NOW - 30_000, NOW)).as("it was forgotten").isEqualTo(TOO_OLD);
        assertThat(nonces.use("b", NOW - 20_000, NOW)).isEqualTo(USED);
    }

    @Test
    void tooManyInAFewSecondsAreRefused() {
        assertThat(nonces.use("a", NOW, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("b", NOW, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("c", NOW, NOW)).isEqualTo(NEW);
        assertThat(nonces.use("d", NOW, NOW)).isEqualTo(TOO_MANY);
        assertThat(nonces.use("a", NOW, NOW)).isEqualTo(USED);
    }
}
