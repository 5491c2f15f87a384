package dev.skein.node.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutboundStreamTest {
    private static final byte[] PAYLOAD = new byte[1024 * 1024];

    private long sent;
    private final OutboundStream stream = new OutboundStream((sequence, _, _) -> sent = sequence);

    private void write() {
        stream.write(
                Frame.Kind.STORED,
                new Frame.Header(1, 2, 1, false, false),
                "i",
                Frame.Targets.NONE,
                new byte[2],
                PAYLOAD);
    }

    @Test
    void whatWasLeftOutIsToldOnceWhenThereIsRoomAgain() {
        while (!stream.isFull()) {
            write();
        }
        assertThat(stream.catchUp()).isFalse(); // nothing is owed
        stream.leaveOut();
        stream.flush();
        assertThat(stream.catchUp()).isFalse(); // no room
        stream.acknowledged(sent);

        assertThat(stream.catchUp()).isTrue();
        assertThat(stream.catchUp()).isFalse();
        assertThat(stream.pendingBytes()).isZero();
    }
}
