package dev.skein.loadtest.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.play.Part;
import dev.skein.loadtest.play.RunSettings;
import dev.skein.loadtest.play.Totals;
import dev.skein.loadtest.scenario.Scenario;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;

/** A part of a run in another process, which {@link Worker} answers for. */
public final class RemotePart implements Part {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int ANSWER_MILLIS = 120_000;
    /** The quickest of so many answers tells best what time it is there. */
    private static final int CLOCK_TRIES = 15;

    private final String name;
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private RemotePart(String name, Socket socket) throws IOException {
        this.name = name;
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /**
     * Connects to a worker and has it prepare its part.
     *
     * @param base {@link System#nanoTime()} here when the run began
     * @param arguments how the worker reaches the broker, as options
     * @throws IllegalArgumentException when the worker is not there, speaks another protocol or refuses
     */
    public static RemotePart prepare(
            String name,
            InetSocketAddress address,
            Scenario scenario,
            RunSettings settings,
            long base,
            List<String> arguments) {
        try {
            Socket socket = new Socket();
            socket.connect(address, CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            RemotePart part = new RemotePart(name, socket);
            int protocol = part.ask(Frames.call("hello").put("protocol", Frames.PROTOCOL))
                    .path("protocol")
                    .asInt();
            if (protocol != Frames.PROTOCOL) {
                part.close();
                throw new IllegalArgumentException(
                        "worker " + name + ": protocol " + protocol + " (expected: " + Frames.PROTOCOL + ")");
            }
            ObjectNode prepare = Frames.call("prepare")
                    .put("name", scenario.name())
                    .put("text", scenario.text())
                    .put("base", part.base(base));
            Forms.put(prepare, settings);
            arguments.forEach(prepare.putArray("arguments")::add);
            part.ask(prepare);
            return part;
        } catch (IOException gone) {
            throw new IllegalArgumentException("worker " + name + ": " + gone.getMessage(), gone);
        }
    }

    /** The worker's {@link System#nanoTime()} when the run began. */
    private long base(long base) throws IOException {
        long best = Long.MAX_VALUE;
        long there = 0;
        for (int i = 0; i < CLOCK_TRIES; i++) {
            long before = System.nanoTime();
            long answer = ask(Frames.call("time")).path("nanos").asLong();
            long took = System.nanoTime() - before;
            if (took < best) {
                best = took;
                there = answer - (before + took / 2 - base);
            }
        }
        return there;
    }

    private JsonNode ask(ObjectNode call) throws IOException {
        Frames.write(out, call);
        JsonNode answer = Frames.read(in);
        if (answer.has("error")) {
            throw new IllegalArgumentException(
                    "worker " + name + ": " + answer.path("error").asText());
        }
        return answer;
    }

    private JsonNode asked(ObjectNode call) {
        try {
            return ask(call);
        } catch (IOException gone) {
            throw new UncheckedIOException("worker " + name + ": " + gone.getMessage(), gone);
        }
    }

    /** Reads an answer. */
    private interface Reader<T> {
        T read(JsonNode answer) throws IOException;
    }

    private <T> T asked(ObjectNode call, Reader<T> reader) {
        try {
            return reader.read(ask(call));
        } catch (IOException gone) {
            throw new UncheckedIOException("worker " + name + ": " + gone.getMessage(), gone);
        }
    }

    @Override
    public void flows(Set<Integer> active, long at) {
        ObjectNode call = Frames.call("flows").put("at", at);
        active.forEach(call.putArray("active")::add);
        asked(call);
    }

    @Override
    public void measure(boolean on, long at) {
        asked(Frames.call("measure").put("on", on).put("at", at));
    }

    @Override
    public void begin(int phase) {
        asked(Frames.call("begin").put("phase", phase));
    }

    @Override
    public Pulse pulse() {
        return asked(Frames.call("pulse"), Forms::pulse);
    }

    @Override
    public Totals totals() {
        return asked(Frames.call("totals"), Forms::totals);
    }

    @Override
    public void excuseFrom(int phase, Totals totals) {
        ObjectNode call = Frames.call("excuseFrom").put("phase", phase);
        Forms.put(call, totals);
        asked(call);
    }

    @Override
    public void excuseTo(int phase, Totals totals) {
        ObjectNode call = Frames.call("excuseTo").put("phase", phase);
        Forms.put(call, totals);
        asked(call);
    }

    @Override
    public long[] missing(Totals totals) {
        ObjectNode call = Frames.call("missing");
        Forms.put(call, totals);
        return asked(call, answer -> Frames.longs(answer.path("missing")));
    }

    @Override
    public void finish() {
        asked(Frames.call("finish"));
    }

    @Override
    public Found found() {
        return asked(Frames.call("found"), Forms::found);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
