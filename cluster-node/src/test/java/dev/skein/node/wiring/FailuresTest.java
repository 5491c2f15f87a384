package dev.skein.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void wrappersOfFuturesAreNotTold() {
        Throwable failure = new ExecutionException(new CompletionException(new IOException("disk full")));

        assertThat(Failures.describe(failure)).isEqualTo("disk full");
    }

    @Test
    void firstCauseIsToldWhenItSaysMore() {
        Throwable failure = new IllegalStateException("mqtt: cannot listen", new IOException("Address in use"));

        assertThat(Failures.describe(failure)).isEqualTo("mqtt: cannot listen: Address in use");
    }

    @Test
    void textIsOneLine() {
        assertThat(Failures.describe(new IOException("a\n  b"))).isEqualTo("a b");
        assertThat(Failures.describe(new IOException())).isEqualTo("IOException");
    }
}
