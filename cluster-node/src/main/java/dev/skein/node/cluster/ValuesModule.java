package dev.skein.node.cluster;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Subscription;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How values of messages lie in {@link ClusterMessage}s: flat, so that a node of the version before finds its fields
 * where it looks for them and passes over the others; what it did not write has its default. Made by Jackson.
 */
public final class ValuesModule extends SimpleModule {
    private static final long serialVersionUID = 1;

    /** Named in skein-pekko.conf. */
    public ValuesModule() {
        super("skein-values");
        both(RetainedMessage.class, Retained.class, Retained::of, Retained::message);
        both(PersistentRoute.class, Route.class, Route::of, Route::route);
    }

    private <T, W> void both(Class<T> type, Class<W> wire, Function<T, W> write, Function<W, T> read) {
        addSerializer(type, new StdDelegatingSerializer(type, new Between<>(type, wire, write)));
        addDeserializer(type, new StdDelegatingDeserializer<>(new Between<>(wire, type, read)));
    }

    /** Makes the one of the other. */
    private static final class Between<I, O> extends StdConverter<I, O> {
        private final Class<I> from;
        private final Class<O> to;
        private final Function<I, O> make;

        private Between(Class<I> from, Class<O> to, Function<I, O> make) {
            this.from = from;
            this.to = to;
            this.make = make;
        }

        @Override
        public O convert(I value) {
            return make.apply(value);
        }

        @Override
        public JavaType getInputType(TypeFactory types) {
            return types.constructType(from);
        }

        @Override
        public JavaType getOutputType(TypeFactory types) {
            return types.constructType(to);
        }
    }

    /**
     * @param properties null when there are none
     * @param expiresAt milliseconds since the Unix epoch; null: never
     * @param origin null: not told
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Retained(
            MessageId id,
            String topic,
            int qos,
            byte[] payload,
            byte @Nullable [] properties,
            @Nullable Long expiresAt,
            @Nullable String origin) {
        static Retained of(RetainedMessage message) {
            Properties properties = message.content().properties();
            boolean expires = message.content().expiresAt() != Long.MAX_VALUE;
            return new Retained(
                    message.id(),
                    message.topic(),
                    message.qos(),
                    message.payload(),
                    properties == null ? null : properties.encoded(),
                    expires ? message.content().expiresAt() : null,
                    message.origin().toString());
        }

        RetainedMessage message() {
            long expiry = Objects.requireNonNullElse(expiresAt, Long.MAX_VALUE);
            Content content = new Content(payload, Properties.of(properties, expiry));
            return new RetainedMessage(id, topic, content, qos, Origin.of(origin));
        }
    }

    /** @param shareGroup null when the subscription is its session's own */
    private record Route(
            long sessionId,
            SessionKey key,
            String filter,
            int qos,
            int options,
            @Nullable String shareGroup,
            int identifier) {
        static Route of(PersistentRoute route) {
            Subscription subscription = route.subscription();
            return new Route(
                    route.sessionId(),
                    route.key(),
                    subscription.filter(),
                    subscription.qos(),
                    subscription.options(),
                    subscription.shareGroup(),
                    subscription.identifier());
        }

        PersistentRoute route() {
            return new PersistentRoute(sessionId, key, Subscription.of(filter, qos, options, shareGroup, identifier));
        }
    }
}
