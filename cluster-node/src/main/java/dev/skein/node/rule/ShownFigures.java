package dev.skein.node.rule;

import dev.skein.node.observe.RuleFigures;

/** The figures of whichever rule runs under a name; the metrics read them at each scrape. */
record ShownFigures(RuleEngine engine, RuleKey key) implements RuleFigures {
    private RuleState state() {
        return engine.state(key.instance(), key.id());
    }

    @Override
    public long received() {
        return state().received();
    }

    @Override
    public long sent() {
        return state().sent();
    }

    @Override
    public long refused() {
        return state().refused();
    }

    @Override
    public long dropped() {
        return state().dropped();
    }

    @Override
    public long backlog() {
        return state().backlog();
    }

    @Override
    public long backlogBytes() {
        return state().backlogBytes();
    }

    @Override
    public boolean isFailing() {
        return state().isFailing();
    }
}
