package dev.skein.loadtest;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom clients trust. */
final class TlsOptions {
    @Option(names = "--tls-ca", paramLabel = "PEM", description = "Trust the certificates in this file.")
    private @Nullable Path tlsCa;

    @Option(names = "--tls-insecure", description = "Trust any certificate and name.")
    private boolean tlsInsecure;

    /** Whether one of them was given. */
    boolean given() {
        return tlsCa != null || tlsInsecure;
    }

    /** The same options for another process, which has the file in the same place. */
    List<String> arguments() {
        if (tlsInsecure) {
            return List.of("--tls-insecure");
        }
        return tlsCa == null
                ? List.of()
                : List.of("--tls-ca", tlsCa.toAbsolutePath().toString());
    }

    SslContext context() throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (tlsInsecure) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
        } else if (tlsCa != null) {
            builder.trustManager(tlsCa.toFile());
        }
        return builder.build();
    }
}
