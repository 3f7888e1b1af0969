using System.Diagnostics;

namespace Tessera.Lab;

/// <summary>Times the same work on several threads at once.</summary>
internal static class Crew
{
    /// <summary>Seconds of the quickest of <paramref name="tries"/>, each from a common start until the last thread is done.</summary>
    /// <param name="work">Called with the thread's number.</param>
    public static double Least(int threads, int tries, Action<int> work)
    {
        double best = double.MaxValue;
        long[] begin = new long[threads], end = new long[threads];
        using Barrier start = new(threads);
        void Member(int number)
        {
            for (int t = 0; t < tries; t++)
            {
                start.SignalAndWait();
                begin[number] = Stopwatch.GetTimestamp();
                work(number);
                end[number] = Stopwatch.GetTimestamp();
                start.SignalAndWait();
                if (number == 0) best = Math.Min(best, Stopwatch.GetElapsedTime(begin.Min(), end.Max()).TotalSeconds);
            }
        }
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Member(i)) { IsBackground = true })];
        foreach (Thread t in others) t.Start();
        Member(0);
        foreach (Thread t in others) t.Join();
        return best;
    }
}
