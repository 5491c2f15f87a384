package dev.skein.node.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Drops packets between addresses of this machine, or makes them late, by rules of {@code iptables}. Needs root and the
 * kernel's packet filter; {@link #available} and {@link #canDelay} tell. A connection counts for the address that it is
 * bound to: a node must bind those that it opens. Thread-safe.
 */
final class NetworkFaults implements AutoCloseable {
    private final Deque<Rule> rules = new ArrayDeque<>();
    private final List<DelayingProxy> proxies = new ArrayList<>();

    private record Rule(String table, List<String> words) {
        static Rule filter(String... words) {
            return new Rule("filter", List.of(words));
        }

        static Rule nat(String... words) {
            return new Rule("nat", List.of(words));
        }
    }

    NetworkFaults() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::heal));
    }

    /** Whether rules can be made here. */
    static boolean available() {
        return canAdd(Rule.filter("INPUT", "-s", "127.255.255.1", "-d", "127.255.255.2", "-j", "DROP"));
    }

    /** Whether connections can be led through a proxy here. */
    static boolean canDelay() {
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        return canAdd(redirection("127.255.255.1", "127.255.255.2", 1, nowhere))
                && canAdd(end("127.255.255.1", "127.255.255.2", 1));
    }

    private static boolean canAdd(Rule rule) {
        return run("-I", rule) == 0 && run("-D", rule) == 0;
    }

    /** Nothing reaches {@code to} from {@code from} any more. */
    void cut(String from, String to) {
        add(Rule.filter("INPUT", "-s", from, "-d", to, "-j", "DROP"));
    }

    /** Nothing passes any more between {@code client} and {@code port} of {@code server}, in both directions. */
    void cutPort(String client, String server, int port) {
        String number = Integer.toString(port);
        add(Rule.filter("INPUT", "-p", "tcp", "-s", client, "-d", server, "--dport", number, "-j", "DROP"));
        add(Rule.filter("INPUT", "-p", "tcp", "-s", server, "-d", client, "--sport", number, "-j", "DROP"));
    }

    /** Of the packets from {@code from} to {@code to}, {@code percent} are lost. */
    void lose(String from, String to, int percent) {
        String probability = String.format("%.2f", percent / 100.0);
        List<String> match = List.of("-m", "statistic", "--mode", "random", "--probability", probability);
        List<String> rule = new ArrayList<>(List.of("INPUT", "-s", from, "-d", to));
        rule.addAll(match);
        rule.addAll(List.of("-j", "DROP"));
        add(new Rule("filter", rule));
    }

    /** Nothing passes between {@code one} and any of {@code others}, in both directions. */
    void isolate(String one, List<String> others) {
        for (String other : others) {
            cut(one, other);
            cut(other, one);
        }
    }

    /**
     * What {@code one} and any of {@code others} send to one another on connections to {@code port} is late, each piece
     * by other milliseconds. Such connections that are there end at their next packet, and are opened anew by their
     * owners.
     */
    void delay(String one, List<String> others, int port, Lateness lateness) throws IOException {
        List<Rule> ends = new ArrayList<>();
        for (String other : others) {
            redirect(one, other, port, lateness);
            redirect(other, one, port, lateness);
            ends.add(end(one, other, port));
            ends.add(end(other, one, port));
        }
        ends.forEach(this::add);
        lateness.whileConnectionsEnd().run();
        ends.forEach(this::remove);
    }

    /**
     * How late packets are.
     *
     * @param whileConnectionsEnd returns when no connection from before can be left
     */
    record Lateness(int minMillis, int maxMillis, Runnable whileConnectionsEnd) {}

    private synchronized void redirect(String client, String server, int port, Lateness lateness) throws IOException {
        InetSocketAddress target = new InetSocketAddress(server, port);
        DelayingProxy proxy = DelayingProxy.to(target, lateness.minMillis(), lateness.maxMillis());
        proxies.add(proxy);
        add(redirection(client, server, port, proxy.address()));
    }

    /** New connections only: a packet of one that the kernel has not followed so far must not be led astray. */
    private static Rule redirection(String client, String server, int port, InetSocketAddress proxy) {
        String to = proxy.getAddress().getHostAddress() + ":" + proxy.getPort();
        String number = Integer.toString(port);
        return Rule.nat(
                "OUTPUT",
                "-p",
                "tcp",
                "-s",
                client,
                "-d",
                server,
                "--dport",
                number,
                "--syn",
                "-j",
                "DNAT",
                "--to-destination",
                to);
    }

    /**
     * The server's end hears of the reset at its next packet, and then answers the client's next one with a reset,
     * which passes. Redirected connections stay.
     */
    private static Rule end(String client, String server, int port) {
        String number = Integer.toString(port);
        return Rule.filter(
                "INPUT",
                "-p",
                "tcp",
                "-s",
                server,
                "-d",
                client,
                "--sport",
                number,
                "--tcp-flags",
                "RST",
                "NONE",
                "-m",
                "conntrack",
                "!",
                "--ctstate",
                "DNAT",
                "-j",
                "REJECT",
                "--reject-with",
                "tcp-reset");
    }

    /** Bytes that have been late so far, since the last {@link #heal}. */
    synchronized long delayedBytes() {
        return proxies.stream().mapToLong(DelayingProxy::carried).sum();
    }

    private synchronized void add(Rule rule) {
        int code = run("-I", rule);
        if (code != 0) {
            throw new IllegalStateException("iptables -I " + rule + ": exit code " + code + " (expected: 0)");
        }
        rules.push(rule);
    }

    private synchronized void remove(Rule rule) {
        if (rules.remove(rule)) {
            run("-D", rule);
        }
    }

    /** Everything passes again, and at once. */
    synchronized void heal() {
        while (!rules.isEmpty()) {
            run("-D", rules.pop());
        }
        proxies.forEach(DelayingProxy::close); // their connections are opened anew, without a rule
        proxies.clear();
    }

    private static int run(String action, Rule rule) {
        List<String> command = new ArrayList<>(List.of("iptables", "-w", "-t", rule.table(), action));
        command.addAll(rule.words());
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
