/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peers of the assignment: LEMON's network simplex and cost scaling on the graph of struct made_problem.
 *   engine-lemon simplex|scaling LEARNERS ELIGIBLE SEATS_PERCENT RUNS
 * Whoever goes without a place goes straight to the sink, at no cost. Costs are whole numbers, with no more levels than
 * the instance has, so that they are as small as an exact answer allows. Timed: run() and reading flow and potentials.
 */
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

#include "made.h"

using Graph = lemon::StaticDigraph;
using Cost = long long;
using Simplex = lemon::NetworkSimplex<Graph, int, Cost>;
using Scaling = lemon::CostScaling<Graph, int, Cost>;

namespace
{

/* Learners, then postings, then the sink; each learner's arcs in the order of her edges, then the one to the sink. */
struct Network {
	Graph graph;
	Graph::ArcMap<Cost> cost;
	Graph::ArcMap<int> capacity;
	Graph::NodeMap<int> supply;

	explicit Network(const made_problem &p) : cost(graph), capacity(graph), supply(graph)
	{
		const int n = p.n_learners, m = p.n_postings, sink = n + m;
		std::vector<std::pair<int, int>> arcs;
		arcs.reserve(p.off[n] + size_t(n) + size_t(m));
		for (int i = 0; i < n; i++) {
			for (size_t e = p.off[i]; e < p.off[i + 1]; e++)
				arcs.emplace_back(i, n + p.edge[e].posting);
			arcs.emplace_back(i, sink);
		}
		for (int j = 0; j < m; j++)
			arcs.emplace_back(n + j, sink);
		graph.build(n + m + 1, arcs.begin(), arcs.end());
		fill(p);
	}

	void
	fill(const made_problem &p)
	{
		const int n = p.n_learners, m = p.n_postings;
		int arc = 0;
		for (int i = 0; i < n; i++) {
			for (size_t e = p.off[i]; e < p.off[i + 1]; e++, arc++) {
				cost[graph.arc(arc)] = -(Cost(5 - p.level[i]) * p.gap + p.edge[e].fit);
				capacity[graph.arc(arc)] = 1;
			}
			capacity[graph.arc(arc++)] = 1;
			supply[graph.node(i)] = 1;
		}
		for (int j = 0; j < m; j++)
			capacity[graph.arc(arc++)] = p.seats[j];
		supply[graph.node(n + m)] = -n;
	}
};

template <typename Solver>
double
solve(const Network &net, int32_t learners, std::vector<int> &flow, std::vector<Cost> &price)
{
	const double since = made_now_s();
	Solver solver(net.graph);
	solver.upperMap(net.capacity).costMap(net.cost).supplyMap(net.supply);
	if (solver.run() != Solver::OPTIMAL)
		made_die("LEMON found no optimum");
	for (int a = 0; a < net.graph.arcNum(); a++)
		flow[size_t(a)] = solver.flow(net.graph.arc(a));
	for (int v = 0; v < net.graph.nodeNum(); v++)
		price[size_t(v)] = solver.potential(net.graph.node(v));
	(void)learners;
	return made_now_s() - since;
}

/* Where each learner's flow goes. */
std::vector<int32_t>
places(const made_problem &p, const std::vector<int> &flow)
{
	std::vector<int32_t> posting(size_t(p.n_learners), -1);
	size_t arc = 0;
	for (int32_t i = 0; i < p.n_learners; i++, arc++)
		for (size_t e = p.off[i]; e < p.off[i + 1]; e++, arc++)
			if (flow[arc] > 0)
				posting[size_t(i)] = p.edge[e].posting;
	return posting;
}

} /* namespace */

int
main(int argc, char **argv)
{
	if (argc != 6)
		made_die("simplex|scaling LEARNERS ELIGIBLE SEATS_PERCENT RUNS");
	const bool simplex = std::strcmp(argv[1], "simplex") == 0;
	made_problem p = made_problem_new(std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]));
	Network net(p);
	std::vector<int> flow(size_t(net.graph.arcNum()));
	std::vector<Cost> price(size_t(net.graph.nodeNum()));
	/* The problem stands in LEMON's own form now; ours is only needed for the check at the end. */
	for (int run = 0; run < std::atoi(argv[5]); run++) {
		if (run == 0)
			made_peak_reset();
		const double seconds = simplex ? solve<Simplex>(net, p.n_learners, flow, price) :
		                                 solve<Scaling>(net, p.n_learners, flow, price);
		std::printf("seconds %.6f\n", seconds);
		std::fflush(stdout);
	}
	const int64_t ours =
	    int64_t((p.off[p.n_learners] * sizeof(made_edge) + size_t(p.n_learners + 1) * sizeof(size_t)) / 1024);
	std::printf("kib %lld\n", (long long)(made_peak_kib() - ours));
	made_print_result(&p, places(p, flow).data());
	return 0;
}
