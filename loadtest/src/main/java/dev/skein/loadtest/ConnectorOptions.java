package dev.skein.loadtest;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about this process's side of its connections. */
final class ConnectorOptions {
    @Option(
            names = {"--source", "--source-addresses"},
            split = ",",
            paramLabel = "ADDRESS",
            description = "Local addresses to connect from, in turn, or ranges such as 127.0.0.2-127.0.0.9; each gives"
                    + " about 28,000 connections, 14,000 of them quickly.")
    private List<String> sources = List.of();

    @Option(names = "--threads", description = "Event loops (default: the number of cores).")
    private @Nullable Integer threads;

    @Option(
            names = "--pending",
            defaultValue = "100",
            description = "Connections under way at once; raise it for a far broker (default: ${DEFAULT-VALUE}).")
    private int pending;

    /** Local addresses; none for any. */
    List<InetAddress> sources() {
        return Addresses.sources(sources);
    }

    /** Event loops. */
    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Connections under way at once. */
    int pending() {
        return pending;
    }
}
