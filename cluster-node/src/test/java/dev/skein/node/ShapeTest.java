package dev.skein.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * How large and how knotted the code of all modules may become. What is beyond a limit is named here with the reason;
 * what is within the limits again is taken out, and what is new beyond them comes apart rather than is added.
 */
class ShapeTest {
    private static final int FIELDS_MAX = 12;
    private static final int PARAMETERS_MAX = 7;
    private static final int KNOT_MAX = 3;

    private static final Map<String, String> MANY_FIELDS = Map.of(
            "Budget", "one lock over its settings, its queue and its counters",
            "ClientInfo", "what the control API shows of a client, value by value",
            "Committer", "the writing thread: its queue, what it writes with, and how it stands",
            "InstanceView", "everything that is configured of an instance",
            "LoopContext", "hands out the parts of an event loop",
            "Membership", "what a node knows of the cluster: itself, the others, who was lost, who listens",
            "MqttConnection", "hands out the parts of a connection",
            "Plan", "all writes of one commit, kind by kind",
            "Sweeper", "one thread over all that ages, with what is due between two rounds",
            "TopicRoutes",
                    "two matches and the versions that they were made of, for each topic: one object is less memory");

    private static final Map<String, String> MANY_PARAMETERS = Map.of(
            "Listener.<init>", "what the listeners share, and what is its own",
            "Listeners.open", "what the listeners share is handed over once, by the wiring");

    /** Package, colon, its types. */
    private static final Map<String, String> KNOTS = Map.of(
            "node.delivery: Attachment Attachments Delivery Ingress Links LoopAttachments LoopContext LoopIngress"
                    + " LoopLinks Obstacles Outboxes PublishBarrier RemoteHolds RoundOutput SharedDelivery StoreBridge"
                    + " TopicRoutes",
            "Delivery hands out its parts, and each part is given Delivery to find the others",
            "node.edge.mqtt: ClientFlows ClientLog ClientState ConnectPhase MqttAttachment MqttConnection"
                    + " Output PublishPipeline RetainedReplay RightsWatch SubscriptionPhase",
            "MqttConnection hands out its parts, and each part is given it to find the others",
            "node.session.actor: Answers ClientSession RouteChanges SessionChanges SessionContext",
            "the parts of the actor name its commands and its context, which hold the parts",
            "persistence.memory: MemoryMessageStore MemoryNodePresence MemoryRetainedStore MemorySessionStore"
                    + " MemoryStores MemoryWillStore",
            "the stores of one process share the maps of MemoryStores, which makes them");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.skein");

    /** Components of a record are its fields. */
    @Test
    void aClassHasFewFields() {
        Set<String> many = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            long fields = each.getFields().stream().filter(ShapeTest::counts).count();
            if (fields > FIELDS_MAX) {
                many.add(shortName(each));
            }
        }
        assertThat(many).isEqualTo(new TreeSet<>(MANY_FIELDS.keySet()));
    }

    private static boolean counts(JavaField field) {
        return !field.getModifiers().contains(JavaModifier.STATIC)
                && !field.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    /** The constructor that a record has by itself does not count: its components are named where it is read. */
    @Test
    void aMethodHasFewParameters() {
        Set<String> many = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            for (JavaCodeUnit unit : each.getCodeUnits()) {
                if (isWritten(unit) && parameters(unit) > PARAMETERS_MAX) {
                    many.add(shortName(each) + "." + unit.getName());
                }
            }
        }
        assertThat(many).isEqualTo(new TreeSet<>(MANY_PARAMETERS.keySet()));
    }

    private static boolean isWritten(JavaCodeUnit unit) {
        boolean ofRecord = unit instanceof JavaConstructor && unit.getOwner().isRecord();
        return !ofRecord
                && !unit.getName().startsWith("lambda$")
                && !unit.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    /** As they are written: the compiler adds the outer object, and what an enum constant is called. */
    private static int parameters(JavaCodeUnit unit) {
        int all = unit.getRawParameterTypes().size();
        if (!(unit instanceof JavaConstructor)) {
            return all;
        }
        JavaClass owner = unit.getOwner();
        return all - (owner.isEnum() ? 2 : owner.isInnerClass() ? 1 : 0);
    }

    @Test
    void typesOfAPackageFormNoKnots() {
        Map<String, Map<String, Set<String>>> packages = new TreeMap<>();
        for (JavaClass each : CLASSES) {
            Set<String> known = packages.computeIfAbsent(each.getPackageName(), _ -> new TreeMap<>())
                    .computeIfAbsent(topLevel(each), _ -> new TreeSet<>());
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().equals(each.getPackageName()))
                    .map(ShapeTest::topLevel)
                    .forEach(known::add);
        }
        Set<String> knots = new TreeSet<>();
        packages.forEach((name, types) -> knots(types).stream()
                .filter(knot -> knot.size() > KNOT_MAX)
                .forEach(knot -> knots.add(name.replace("dev.skein.", "") + ": " + String.join(" ", knot))));
        assertThat(knots).isEqualTo(new TreeSet<>(KNOTS.keySet()));
    }

    /** Types that reach one another, together. */
    private static Set<Set<String>> knots(Map<String, Set<String>> types) {
        Map<String, Set<String>> reached =
                types.keySet().stream().collect(Collectors.toMap(type -> type, type -> reached(types, type)));
        Set<Set<String>> knots = new HashSet<>();
        for (String type : types.keySet()) {
            Set<String> knot = new TreeSet<>();
            for (String other : reached.getOrDefault(type, Set.of())) {
                if (reached.getOrDefault(other, Set.of()).contains(type)) {
                    knot.add(other);
                }
            }
            knots.add(knot);
        }
        return knots;
    }

    private static Set<String> reached(Map<String, Set<String>> types, String from) {
        Set<String> reached = new HashSet<>();
        List<String> open = new ArrayList<>(List.of(from));
        while (!open.isEmpty()) {
            for (String next : types.getOrDefault(open.removeLast(), Set.of())) {
                if (reached.add(next)) {
                    open.add(next);
                }
            }
        }
        return reached;
    }

    private static String topLevel(JavaClass type) {
        return shortName(type).split("\\$", 2)[0];
    }

    private static String shortName(JavaClass type) {
        return type.getName().substring(type.getPackageName().length() + 1);
    }
}
