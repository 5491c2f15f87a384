package dev.skein.loadtest.play;

import dev.skein.loadtest.load.LoopTasks;
import dev.skein.loadtest.mqtt.Connection;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** The members of one event loop and their figures. All but {@link #ask} and {@link #run} belongs to the loop. */
final class Lane extends LoopTasks {
    private static final long ANSWER_SECONDS = 60;

    private final Figures figures;
    private final List<Member> members = new ArrayList<>();
    private final List<Pacer> pacers = new ArrayList<>();

    Lane(EventLoop executor, Plan plan) {
        super(executor, ANSWER_SECONDS);
        this.figures = new Figures(plan.flows().size(), plan.channels());
    }

    Figures figures() {
        return figures;
    }

    List<Member> members() {
        return members;
    }

    List<Pacer> pacers() {
        return pacers;
    }

    @Override
    protected int size() {
        return members.size();
    }

    @Override
    protected void ping(int index) {
        Connection connection = members.get(index).connection();
        if (connection != null) {
            connection.ping();
        }
    }
}
