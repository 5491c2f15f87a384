package dev.skein.node.cluster;

import com.typesafe.config.Config;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.remote.transport.AssociationHandle;
import org.apache.pekko.remote.transport.Transport;
import scala.Tuple2;
import scala.concurrent.Future;
import scala.concurrent.Future$;
import scala.concurrent.Promise;
import scala.concurrent.Promise$;

/**
 * The transport of a node that has no others: it opens no port and reaches nobody. A cluster of one needs an address
 * all the same; this one is a name and nothing that can be connected to. Made by Pekko, which is told its name by the
 * node's configuration.
 */
@SuppressWarnings("deprecation") // Artery, the newer way, takes no transport of others, and always binds
public final class LoneTransport implements Transport {
    /** Its addresses begin with {@code pekko.tcp}, one of the few schemes that a cluster takes. */
    private static final String SCHEME = "tcp";

    private static final int PAYLOAD_MAX = 1024 * 1024;

    private final Address address;

    /** The form of the constructor is Pekko's. */
    public LoneTransport(ExtendedActorSystem system, Config settings) {
        this.address = new Address(SCHEME, system.name(), settings.getString("hostname"), settings.getInt("port"));
    }

    @Override
    public String schemeIdentifier() {
        return SCHEME;
    }

    @Override
    public boolean isResponsibleFor(Address remote) {
        return true;
    }

    @Override
    public int maximumPayloadBytes() {
        return PAYLOAD_MAX;
    }

    @Override
    public Future<Tuple2<Address, Promise<AssociationEventListener>>> listen() {
        return Future$.MODULE$.successful(new Tuple2<>(address, Promise$.MODULE$.apply()));
    }

    @Override
    public Future<AssociationHandle> associate(Address remote) {
        return Future$.MODULE$.failed(new InvalidAssociationException(
                remote + ": not reached (expected: no other node; this one has neither seeds nor discovery)", null));
    }

    @Override
    public Future<Object> shutdown() {
        return Future$.MODULE$.successful(true);
    }
}
