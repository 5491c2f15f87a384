package dev.skein.node.control;

import java.util.concurrent.CompletionStage;

/**
 * The retained messages of an instance, without their bodies. Called on any thread; must not block it. Stages may fail
 * with {@link ControlException}.
 */
public interface RetainedAdmin {
    /**
     * A page of them, by topic. It may be empty and have a next one: only so many are looked at for one page.
     *
     * @param filter topic filter that they match
     * @param after {@link RetainedPage#next()} of the page before; empty for the first page
     * @param limit messages at the most, 1..1000
     */
    CompletionStage<RetainedPage> list(String instance, String filter, String after, int limit);

    /** Deletes the one of a topic; false when there is none. Nobody is told. */
    CompletionStage<Boolean> delete(String instance, String topic);

    /** Deletes what {@link #list} answers to the same question. */
    CompletionStage<RetainedDeleted> deleteAll(String instance, String filter, String after, int limit);
}
