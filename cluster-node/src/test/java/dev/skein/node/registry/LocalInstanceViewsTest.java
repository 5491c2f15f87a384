package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalInstanceViewsTest {
    private static final InstanceView SEED = Seeds.fleet();

    private final List<Long> told = new ArrayList<>();
    private final LocalInstanceViews views = new LocalInstanceViews();

    LocalInstanceViewsTest() {
        views.onChange(view -> {
            if (view.version() == 0) {
                throw new IllegalStateException("a listener that fails keeps no other from being told");
            }
        });
        views.onChange(view -> told.add(view.version()));
    }

    @Test
    void aNewerViewReplacesAnOlderAndNotTheOtherWayRound() {
        views.put(version(5, "GID_five"));
        views.put(version(4, "GID_four"));
        views.put(version(6, "GID_six"));
        assertThat(views.find("fleet")).isEqualTo(version(6, "GID_six"));
        assertThat(told).containsExactly(5L, 6L);
    }

    @Test
    void aListenerThatFailsKeepsNoOtherFromBeingTold() {
        views.put(SEED);
        assertThat(told).containsExactly(0L);
    }

    @Test
    void theSameViewAgainIsNoChange() {
        views.put(version(5, "GID_five"));
        views.put(version(5, "GID_five"));
        assertThat(told).containsExactly(5L);
    }

    @Test
    void theSameVersionOfAnotherConfigurationIsAChange() {
        views.put(version(5, "GID_old"));
        views.put(version(5, "GID_new"));
        assertThat(views.find("fleet")).isEqualTo(version(5, "GID_new"));
        assertThat(told).containsExactly(5L, 5L);
    }

    private static InstanceView version(long version, String group) {
        RegistryState state = new RegistryState(Set.of(group), Set.of(), Map.of(), Map.of(), List.of(), version);
        return state.over(SEED);
    }
}
