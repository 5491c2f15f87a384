package dev.skein.loadtest;

import dev.skein.loadtest.relay.Relay;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code skein-load relay}: the baseline that does nothing but relay, until it is killed. */
@Command(
        name = "relay",
        hidden = true,
        description = "Relays PUBLISH at QoS 0 on exact topics and does nothing else: a baseline for suite.")
final class RelayCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", defaultValue = "0", description = "Port, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--threads", description = "Event loops (default: the number of cores).")
    private @Nullable Integer threads;

    @Override
    public Integer call() {
        int loops = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        try (Relay relay = Relay.start(loops, new InetSocketAddress(host, port))) {
            var out = Objects.requireNonNull(spec).commandLine().getOut();
            out.println("relay ready mqtt=" + host + ":" + relay.address().getPort() + " pid="
                    + ProcessHandle.current().pid());
            out.flush();
            relay.await();
            return SkeinLoad.OK;
        }
    }
}
