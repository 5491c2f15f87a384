package dev.skein.node.trust;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import scala.Option;

/** TLS for the connections that Artery makes, with the names of those it speaks to checked in the handshake. */
public final class LinkEngines implements SSLEngineProvider {
    private final LinkContexts contexts;

    /** With the certificates that are in use at each handshake. */
    public LinkEngines(LinkContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        return contexts.server();
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        return contexts.client(hostname, port);
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return Option.empty();
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        return Option.empty();
    }
}
