package dev.skein.connectors.rocketmq;

import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import org.apache.rocketmq.remoting.RemotingClient;
import org.apache.rocketmq.remoting.netty.NettyRemotingAbstract;
import org.apache.rocketmq.remoting.netty.ResponseFuture;

/**
 * Ends requests whose connection is gone. The client does so by itself only when it closes the connection; when the
 * broker closes it, which it does when it is killed, a request waits for its time to be over: half a minute for one
 * that asks for messages.
 */
final class DeadRequests {
    private static final Field WAITING = field();
    private static final Method FAIL = method();

    private DeadRequests() {}

    static void fail(RemotingClient client) {
        try {
            for (Object each : ((Map<?, ?>) WAITING.get(client)).values()) {
                Channel channel = ((ResponseFuture) each).getProcessChannel();
                if (channel != null && !channel.isActive()) {
                    FAIL.invoke(client, channel);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field field() {
        try {
            Field field = NettyRemotingAbstract.class.getDeclaredField("responseTable");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("another version of the client than the parent pom has", e);
        }
    }

    private static Method method() {
        try {
            Method method = NettyRemotingAbstract.class.getDeclaredMethod("failFast", Channel.class);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("another version of the client than the parent pom has", e);
        }
    }
}
