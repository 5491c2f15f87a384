package dev.skein.node.control;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Gives answers to the socket of one connection in pieces, and tells the {@link HeaderWatch} when each was taken: a
 * client that reads slowly is no idle one, and the time in which its answer is written is not that of its next request.
 */
final class AnswerPieces extends GraphStage<FlowShape<ByteString, ByteString>> {
    private static final int PIECE = 64 * 1024;

    private final Inlet<ByteString> in = Inlet.create("http");
    private final Outlet<ByteString> out = Outlet.create("socket");
    private final HeaderWatch watch;

    /** @param watch of the same connection */
    AnswerPieces(HeaderWatch watch) {
        this.watch = watch;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private ByteString rest = ByteString.emptyByteString();

        private Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    rest = grab(in);
                    give();
                }

                @Override
                public void onUpstreamFinish() {
                    if (rest.isEmpty()) {
                        completeStage();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    watch.taken();
                    if (rest.nonEmpty()) {
                        give();
                    } else {
                        pull(in);
                    }
                }
            });
        }

        private void give() {
            ByteString piece = rest.take(PIECE);
            rest = rest.drop(PIECE);
            watch.gives();
            push(out, piece);
            if (rest.isEmpty() && isClosed(in)) {
                completeStage();
            }
        }
    }
}
