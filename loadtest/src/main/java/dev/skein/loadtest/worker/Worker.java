package dev.skein.loadtest.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.play.Access;
import dev.skein.loadtest.play.Crew;
import dev.skein.loadtest.play.Part;
import dev.skein.loadtest.scenario.Scenario;
import dev.skein.loadtest.scenario.ScenarioFile;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a part of the load of runs that another process leads, one run after the other. */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final ServerSocket listener;
    private final Broker broker;

    /** How a run's broker is reached from here. */
    public interface Broker {
        /** Reads options; an IllegalArgumentException goes back to the leading process. */
        Access access(List<String> arguments);
    }

    private Worker(ServerSocket listener, Broker broker) {
        this.listener = listener;
        this.broker = broker;
    }

    /** Listens. */
    public static Worker listen(InetSocketAddress address, Broker broker) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(address);
        return new Worker(listener, broker);
    }

    /** The port that is listened on. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Serves until it is closed. */
    public void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept();
                    Run run = new Run()) {
                socket.setTcpNoDelay(true);
                serve(socket, run);
            } catch (EOFException over) {
                LOG.debug("the leading process is gone", over);
            } catch (IOException gone) {
                if (!listener.isClosed()) {
                    LOG.warn("connection of the leading process: {}", gone.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket, Run run) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        while (!listener.isClosed()) {
            JsonNode call = Frames.read(in);
            ObjectNode answer = Frames.call(call.path("call").asText());
            try {
                run.answer(call, answer);
            } catch (IllegalArgumentException | IllegalStateException refused) {
                LOG.warn("{}: {}", call.path("call").asText(), refused.getMessage());
                answer.put("error", String.valueOf(refused.getMessage()));
            }
            Frames.write(out, answer);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** One run, from one connection. */
    private final class Run implements AutoCloseable {
        private @Nullable Crew crew;
        private int flows;
        private int channels;

        void answer(JsonNode call, ObjectNode answer) throws IOException {
            switch (call.path("call").asText()) {
                case "hello" -> answer.put("protocol", Frames.PROTOCOL);
                case "time" -> answer.put("nanos", System.nanoTime());
                case "prepare" -> prepare(call);
                default -> answer(crew(), call, answer);
            }
        }

        private void prepare(JsonNode call) {
            List<String> arguments = new ArrayList<>();
            call.path("arguments").forEach(each -> arguments.add(each.asText()));
            String name = call.path("name").asText();
            Scenario scenario = ScenarioFile.read(name, name, call.path("text").asText());
            flows = scenario.flows().size();
            channels = flows * scenario.groups().size();
            crew = new Crew(
                    scenario,
                    Forms.settings(call),
                    broker.access(arguments),
                    call.path("base").asLong());
        }

        private Crew crew() {
            if (crew == null) {
                throw new IllegalStateException("call: before prepare");
            }
            return crew;
        }

        private void answer(Part part, JsonNode call, ObjectNode answer) throws IOException {
            int phase = call.path("phase").asInt();
            switch (call.path("call").asText()) {
                case "flows" ->
                    part.flows(numbers(call.path("active")), call.path("at").asLong());
                case "measure" ->
                    part.measure(call.path("on").asBoolean(), call.path("at").asLong());
                case "begin" -> part.begin(phase);
                case "pulse" -> Forms.put(answer, part.pulse());
                case "totals" -> Forms.put(answer, part.totals());
                case "excuseFrom" -> part.excuseFrom(phase, Forms.totals(call));
                case "excuseTo" -> part.excuseTo(phase, Forms.totals(call));
                case "missing" -> answer.put("missing", Frames.bytes(part.missing(Forms.totals(call))));
                case "finish" -> part.finish();
                case "found" -> Forms.put(answer, part.found(), flows, channels);
                default ->
                    throw new IllegalArgumentException("call: " + call.path("call") + " (expected: a known one)");
            }
        }

        private static Set<Integer> numbers(JsonNode array) {
            Set<Integer> numbers = new HashSet<>();
            array.forEach(each -> numbers.add(each.asInt()));
            return numbers;
        }

        @Override
        public void close() {
            if (crew != null) {
                crew.close();
            }
        }
    }
}
