package dev.skein.node.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Drops packets between addresses of this machine, by rules of {@code iptables}. Needs root and the kernel's packet
 * filter; {@link #available} tells. A connection counts for the address that it is bound to: a node must bind those
 * that it opens. Thread-safe.
 */
final class NetworkFaults implements AutoCloseable {
    private final Deque<List<String>> rules = new ArrayDeque<>();

    NetworkFaults() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::heal));
    }

    /** Whether rules can be made here. */
    static boolean available() {
        List<String> rule = List.of("INPUT", "-s", "127.255.255.1", "-d", "127.255.255.2", "-j", "DROP");
        return run("-I", rule) == 0 && run("-D", rule) == 0;
    }

    /** Nothing reaches {@code to} from {@code from} any more. */
    void cut(String from, String to) {
        add(List.of("INPUT", "-s", from, "-d", to, "-j", "DROP"));
    }

    /** Nothing passes any more between {@code client} and {@code port} of {@code server}, in both directions. */
    void cutPort(String client, String server, int port) {
        String number = Integer.toString(port);
        add(List.of("INPUT", "-p", "tcp", "-s", client, "-d", server, "--dport", number, "-j", "DROP"));
        add(List.of("INPUT", "-p", "tcp", "-s", server, "-d", client, "--sport", number, "-j", "DROP"));
    }

    /** Of the packets from {@code from} to {@code to}, {@code percent} are lost. */
    void lose(String from, String to, int percent) {
        String probability = String.format("%.2f", percent / 100.0);
        List<String> match = List.of("-m", "statistic", "--mode", "random", "--probability", probability);
        List<String> rule = new ArrayList<>(List.of("INPUT", "-s", from, "-d", to));
        rule.addAll(match);
        rule.addAll(List.of("-j", "DROP"));
        add(rule);
    }

    /** Nothing passes between {@code one} and any of {@code others}, in both directions. */
    void isolate(String one, List<String> others) {
        for (String other : others) {
            cut(one, other);
            cut(other, one);
        }
    }

    private synchronized void add(List<String> rule) {
        int code = run("-I", rule);
        if (code != 0) {
            throw new IllegalStateException("iptables -I " + rule + ": exit code " + code + " (expected: 0)");
        }
        rules.push(rule);
    }

    /** Everything passes again. */
    synchronized void heal() {
        while (!rules.isEmpty()) {
            run("-D", rules.pop());
        }
    }

    private static int run(String action, List<String> rule) {
        List<String> command = new ArrayList<>(List.of("iptables", "-w", action));
        command.addAll(rule);
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // there is no such command
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public void close() {
        heal();
    }
}
