package dev.skein.node.trust;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.artery.tcp.ArteryTcpTransport;
import org.apache.pekko.stream.scaladsl.Flow;
import org.apache.pekko.stream.scaladsl.Tcp;
import org.apache.pekko.util.ByteString;
import scala.Option;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * What Pekko 1.7's Artery keeps to itself of its listening side: the socket that it accepts from, and where the bytes
 * of a connection go. Its own listening side tells nobody who comes, gives a handshake no deadline and counts nothing.
 */
final class ArteryInbound {
    private final ArteryTcpTransport transport;

    private ArteryInbound(ArteryTcpTransport transport) {
        this.transport = transport;
    }

    static ArteryInbound of(ActorSystem system) {
        RemoteActorRefProvider provider = (RemoteActorRefProvider) ((ExtendedActorSystem) system).provider();
        return new ArteryInbound((ArteryTcpTransport) provider.transport());
    }

    /** What it listens at. */
    @SuppressWarnings("unchecked")
    Tcp.ServerBinding binding() {
        return ((Option<Tcp.ServerBinding>) call("serverBinding")).get();
    }

    /** What it closes when it ends. */
    void setBinding(Tcp.ServerBinding binding) {
        call("serverBinding_$eq", Option.apply(binding));
    }

    /** Where the bytes of a connection that comes go; another one after a failure of all. */
    @SuppressWarnings("unchecked")
    CompletionStage<Flow<ByteString, ByteString, NotUsed>> flow() {
        return FutureConverters.asJava((Future<Flow<ByteString, ByteString, NotUsed>>) call("inboundConnectionFlow"));
    }

    /** Bytes of the largest frame that this node takes. */
    int frameMax() {
        return transport.settings().Advanced().MaximumFrameSize();
    }

    private Object call(String name, Object... arguments) {
        try {
            for (Method method : ArteryTcpTransport.class.getDeclaredMethods()) {
                if (method.getName().equals(name)) {
                    method.setAccessible(true);
                    return method.invoke(transport, arguments);
                }
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(name + " of Pekko's transport: not called (expected: Pekko 1.7)", e);
        }
        throw new IllegalStateException(name + " of Pekko's transport: missing (expected: Pekko 1.7)");
    }
}
