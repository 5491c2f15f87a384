package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.admission.Budget;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptorTest {

    @Test
    void acceptPausesForAMomentWhenFileDescriptorsRunOut() {
        List<String> paused = new ArrayList<>();
        EdgeCounters counters = new NoCounters() {
            @Override
            public void acceptPaused(String listener) {
                paused.add(listener);
            }
        };
        var skein = EdgeFixture.config("");
        Listener listener = new Listener(
                ListenerSettings.from(skein).getFirst(),
                EdgeSettings.from(skein.getConfig("edge")),
                TlsSettings.from(skein.getConfig("tls")),
                null,
                (channel, info) -> {},
                counters,
                new Connections(10, 0),
                new ConnectionMemory(1 << 20),
                new Budget(1, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), System::nanoTime, _ -> {}));
        EmbeddedChannel server = new EmbeddedChannel(listener.acceptor());
        server.freezeTime();

        server.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
        assertThat(paused).containsExactly("mqtt");
        assertThat(server.config().isAutoRead()).isFalse();

        server.advanceTimeBy(1, TimeUnit.SECONDS);
        server.runScheduledPendingTasks();
        assertThat(server.config().isAutoRead()).isTrue();
        server.checkException();
    }
}
