package dev.skein.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.load.DeliveryWindow.Share;
import io.netty.channel.DefaultEventLoop;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {
    private final Loop loop = new Loop(new DefaultEventLoop());
    private final DeliveryWindow window = new DeliveryWindow();
    private int woken;

    private Share share(int receivers) {
        return window.share(loop, from -> woken++, receivers, 4);
    }

    @Test
    void messageCountsWhenEveryReceiverHasIt() {
        Share share = share(2);

        share.advance(0, 1);
        loop.settle();
        assertThat(window.delivered()).isZero();
        assertThat(woken).isZero();

        share.advance(0, 1);
        assertThat(window.delivered()).as("before the batch ends").isZero();
        loop.settle();
        assertThat(window.delivered()).isOne();
        assertThat(woken).isOne();
    }

    @Test
    void slowestLoopDecides() {
        Share first = share(1);
        Share second = share(1);
        first.advance(0, 3);
        second.advance(0, 1);
        loop.settle();

        assertThat(window.delivered()).isOne();
    }

    @Test
    void gapCountsAsMissedForGood() {
        Share share = share(1);
        share.advance(0, 4);
        loop.settle();

        assertThat(window.delivered()).isEqualTo(4);
    }

    @Test
    void slotsAreUsedAgain() {
        Share share = share(2);
        for (long sequence = 0; sequence < 20; sequence++) {
            share.advance(sequence, sequence + 1);
            share.advance(sequence, sequence + 1);
        }
        loop.settle();

        assertThat(window.delivered()).isEqualTo(20);
    }

    @Test
    void forgottenMessagesMayStillArrive() {
        Share share = share(1);
        share.forget(4);
        assertThat(window.delivered()).isEqualTo(4);

        share.advance(0, 2);
        share.advance(2, 5);
        loop.settle();

        assertThat(window.delivered()).isEqualTo(5);
    }

    @Test
    void sequenceThatWasNeverSentIsIgnored() {
        Share share = share(1);
        share.advance(0, 1_000_000);
        loop.settle();

        assertThat(window.delivered()).isZero();
    }
}
