package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadGateTest {
    private int reads;
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads++;
                }
            },
            new ReadGate());

    @Test
    void readThatIsAskedForWhileNothingIsTakenFollowsWhenSomethingIs() {
        channel.config().setAutoRead(false);
        reads = 0;
        channel.read();
        assertThat(reads).isEqualTo(1);

        writable(false);
        channel.read();
        channel.read();
        assertThat(reads).isEqualTo(1);

        writable(true);
        assertThat(reads).isEqualTo(2);

        writable(false);
        writable(true);
        assertThat(reads).as("not asked for").isEqualTo(2);
    }

    private void writable(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        channel.runPendingTasks();
    }
}
